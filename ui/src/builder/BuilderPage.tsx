import { Button, Menu, SegmentedControl, Tooltip, ActionIcon } from '@mantine/core';
import { IconArrowBackUp, IconArrowForwardUp, IconCloudCheck, IconCloudOff, IconCloudUp, IconDots, IconPlus, IconUsers } from '@tabler/icons-react';
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { Link, useNavigate, useParams, useSearchParams } from 'react-router';
import { useWhyNot } from '../access/whyNot';
import { send } from '../api/api';
import { queries, useRead } from '../api/useApi';
import { Age } from '../parts/Age';
import { NotAllowed } from '../parts/Allowed';
import { Page } from '../parts/Page';
import { Failure, Notice, Shown } from '../parts/States';
import { pipelinePath } from '../pipelines/pipeline';
import { useKeys } from '../shell/useKeys';
import { AddStep } from './AddStep';
import { Canvas } from './Canvas';
import { Conflict } from './Conflict';
import { Deploying } from './Deploying';
import { addStep, connect, freeId, insertBetween, NotEditable, read, type NewStep } from './document';
import { begin, changed, redone, undone } from './history';
import { BuilderContext, stepOf, type Builder, type Wanted, type Where } from './model';
import { Palette } from './Palette';
import { PreviewPanel } from './PreviewPanel';
import { ProblemsPanel } from './ProblemsPanel';
import { Review } from './Review';
import { StepDrawer } from './StepDrawer';
import { useCheck, usePreview } from './useChecks';
import { deployedText, textOf, useDraft, type Saving } from './useDraft';
import { YamlPane } from './YamlPane';
import type { Descriptor, PipelineDocument, Problem } from './types';
import classes from './BuilderPage.module.css';

/** The editor of one pipeline: canvas, form and YAML over one text. */
export function BuilderPage() {
  const { id = '' } = useParams();
  const refused = useWhyNot()('put', '/api/v1/drafts/{name}');
  if (refused === '') return <Opened key={id} id={id} />;
  return (
    <Page title={id} parents={[{ to: '/pipelines', label: 'Pipelines' }]}>
      <NotAllowed what="edit a pipeline" whyNot={refused} />
      <p>
        <Link to={pipelinePath(id)}>See how it runs</Link>
      </p>
    </Page>
  );
}

function Opened({ id }: { id: string }) {
  const document = useRead('/api/v1/pipelines/{name}/document', { path: { name: id } });
  const processors = useRead('/api/v1/processors');
  const [opened, setOpened] = useState<PipelineDocument | null>(null);
  useEffect(() => {
    setOpened((before) => (before?.name === document.data?.name ? before : (document.data ?? null)));
  }, [document.data]);
  if (opened === null || processors.data === undefined || opened.name !== id) {
    return (
      <Page title={id} parents={[{ to: '/pipelines', label: 'Pipelines' }]}>
        <Shown of={document} what="the pipeline">{() => <Shown of={processors} what="the palette">{() => null}</Shown>}</Shown>
      </Page>
    );
  }
  return <Editor key={id} document={opened} descriptors={processors.data.items.map((item) => item.spec)} />;
}

type View = 'canvas' | 'split' | 'yaml' | 'review' | 'deploying';
const VIEWS: View[] = ['canvas', 'split', 'yaml', 'review', 'deploying'];

function Editor({ document, descriptors: all }: { document: PipelineDocument; descriptors: Descriptor[] }) {
  const { name } = document;
  const [history, setHistory] = useState(() => begin(textOf(document)));
  const [params, setParams] = useSearchParams();
  const navigate = useNavigate();
  const { text } = history;
  const pipeline = useMemo(() => read(text), [text]);
  const descriptors = useMemo(() => new Map(all.map((each) => [each.type, each])), [all]);
  const check = useCheck(text);
  const [limit, setLimit] = useState(20);
  const [keys, setKeys] = useState<string[]>([]);
  const [turn, setTurn] = useState(0);
  const preview = usePreview(text, limit, keys, turn);
  const [said, setSaid] = useState('');
  const [adding, setAdding] = useState<string | null>(null);
  const [drawer, setDrawer] = useState(params.has('node'));
  const [later, setLater] = useState(false);
  const [goTo, setGoTo] = useState<{ line: number; column: number; at: number } | null>(null);
  const [released, setReleased] = useState<{ revision: number; backfill: boolean } | null>(null);

  const view = VIEWS.find((each) => each === params.get('view')) ?? 'canvas';
  const panel = params.get('panel') ?? 'preview';
  const chosen = params.get('node') ?? '';
  const set = useCallback(
    (values: Record<string, string>) =>
      setParams(
        (before) => {
          const after = new URLSearchParams(before);
          for (const [key, value] of Object.entries(values)) {
            if (value === '') after.delete(key);
            else after.set(key, value);
          }
          return after;
        },
        { replace: true },
      ),
    [setParams],
  );
  const choose = useCallback((id: string) => set({ node: id }), [set]);

  const latest = useRef({ history, pipeline, chosen });
  latest.current = { history, pipeline, chosen };
  const edit = useCallback((change: (text: string) => string, typed = false): boolean => {
    try {
      const next = change(latest.current.history.text);
      const after = changed(latest.current.history, next, typed && window.document.activeElement);
      latest.current.history = after;
      setHistory(after);
      setSaid('');
      return true;
    } catch (failure) {
      if (!(failure instanceof NotEditable)) throw failure;
      setSaid(`The form can’t change this text: ${failure.message} Mend it in the YAML first.`);
      return false;
    }
  }, []);
  const undo = useCallback(() => setHistory(undone), []);
  const redo = useCallback(() => setHistory(redone), []);

  const adopt = useCallback((theirs: string, by: string) => {
    setHistory((before) => changed(before, theirs, false));
    setSaid(`${by} changed this pipeline; you see it as it is now. Undo shows what was before.`);
  }, []);
  const draft = useDraft(document, text, adopt);

  const add = useCallback(
    (wanted: Wanted, where: Where = {}) => {
      const { pipeline: now } = latest.current;
      const descriptor = descriptors.get(wanted.type);
      const word = wanted.role === 'source' ? (wanted.type.split('.').at(-1) ?? 'source') : wanted.role === 'sink' ? 'warehouse' : wanted.type.replace('graphql_', '');
      const id = freeId(now, word.replaceAll('"', ''));
      const step: NewStep = { id, role: wanted.role, type: wanted.type, from: [], config: wanted.config ?? standard(name, wanted) };
      const behind = now.steps.find((each) => each.id === (where.alone ? looseEnd(now, latest.current.chosen) : where.behind));
      const made = edit((before) => {
        if (wanted.role === 'source') return addStep(before, step, now.steps.filter((each) => each.role === 'source').at(-1)?.id);
        if (behind === undefined) return addStep(before, step);
        if (behind.role === 'sink') {
          const input = behind.inputs[0];
          return input === undefined || wanted.role === 'sink' ? addStep(before, { ...step, from: behind.inputs }) : insertBetween(before, step, input, behind.id);
        }
        if (where.before !== undefined && wanted.role !== 'sink') return insertBetween(before, step, behind.id, where.before);
        const added = addStep(before, step, behind.id);
        return connect(added, behind.id, id, (descriptor?.ports.most_inputs ?? 1) > 1);
      });
      if (!made) return;
      choose(id);
      setDrawer(true);
      setAdding(null);
      focusNode(id);
    },
    [choose, descriptors, edit, name],
  );

  const builder = useMemo<Builder>(
    () => ({ name, text, pipeline, descriptors, check, preview, chosen, choose, edit, add, undo, redo }),
    [add, check, choose, chosen, descriptors, edit, name, pipeline, preview, redo, text, undo],
  );
  const step = pipeline.steps.find((each) => each.id === chosen);
  const editing = view !== 'review' && view !== 'deploying';

  useKeys(editing ? { a: () => setAdding(chosen), l: () => window.document.querySelector<HTMLElement>('[data-layout]')?.click() } : {});
  useUndoKeys(undo, redo);

  const go = (problem: Problem) => {
    const at = stepOf(problem, pipeline);
    const line = problem.place.line ?? 0;
    if (line > 0) setGoTo({ line, column: problem.place.column ?? 1, at: Date.now() });
    set({ ...(at ? { node: at.id } : {}), ...(view === 'canvas' ? { view: 'split' } : {}) });
    if (at) setDrawer(true);
  };

  const discard = async () => {
    await send('delete', '/api/v1/drafts/{name}', { path: { name }, query: { version: draft.known.version } });
    await queries.invalidateQueries();
    if (document.revision === 0) void navigate('/pipelines');
    else setHistory((before) => changed(before, deployedText(draft.live), false));
  };

  const problems = check.data?.problems.length ?? 0;
  return (
    <BuilderContext value={builder}>
      <Page
        full
        title={name}
        parents={[{ to: '/pipelines', label: 'Pipelines' }]}
        facts={
          <>
            <span>{draft.live.revision === 0 ? 'Draft, never deployed' : text === deployedText(draft.live) ? `Revision ${draft.live.revision}` : `Draft over revision ${draft.live.revision}`}</span>
            <SavingMark saving={draft.saving} at={draft.live.draft?.saved_at} by={draft.live.draft?.author} />
          </>
        }
        actions={
          <>
            {editing && (
              <>
                <Tooltip label="Undo (⌘Z)">
                  <ActionIcon variant="default" size={30} aria-label="Undo" disabled={history.past.length === 0} onClick={undo}>
                    <IconArrowBackUp size={16} aria-hidden />
                  </ActionIcon>
                </Tooltip>
                <Tooltip label="Redo (⇧⌘Z)">
                  <ActionIcon variant="default" size={30} aria-label="Redo" disabled={history.future.length === 0} onClick={redo}>
                    <IconArrowForwardUp size={16} aria-hidden />
                  </ActionIcon>
                </Tooltip>
                <SegmentedControl
                  aria-label="View"
                  value={view}
                  data={[
                    { value: 'canvas', label: 'Canvas' },
                    { value: 'split', label: 'Both' },
                    { value: 'yaml', label: 'YAML' },
                  ]}
                  onChange={(next) => set({ view: next === 'canvas' ? '' : next })}
                />
                <Button variant="default" leftSection={<IconPlus size={14} aria-hidden />} aria-keyshortcuts="A" onClick={() => setAdding(chosen)}>
                  Add step
                </Button>
              </>
            )}
            <More discard={draft.known.version > 0 ? discard : null} />
            {editing && (
              <Button onClick={() => set({ view: 'review' })} disabled={pipeline.steps.length === 0}>
                Review and deploy
              </Button>
            )}
          </>
        }
      >
        {view === 'review' ? (
          <Review
            before={deployedText(draft.live)}
            revision={draft.live.revision}
            owner={draft.live.revision === 0 ? undefined : String(draft.live.spec?.['owner'] ?? '')}
            back={() => set({ view: '' })}
            deployed={(revision, backfill) => {
              draft.deployed(revision);
              setReleased({ revision, backfill });
              set({ view: 'deploying' });
              void queries.invalidateQueries();
            }}
          />
        ) : view === 'deploying' ? (
          <Deploying revision={released?.revision ?? draft.live.revision} backfill={released?.backfill ?? false} back={() => set({ view: '' })} />
        ) : (
          <div className={classes.layout} data-view={view} data-drawer={(drawer && step !== undefined) || undefined}>
            {view !== 'yaml' && <Palette />}
            <div className={classes.center}>
              {(said !== '' || draft.error || pipeline.broken !== '' || (draft.theirs && later)) && (
                <div className={classes.notices}>
                  {said !== '' && <Notice tone="idle" title={said} />}
                  {draft.error && <Failure error={draft.error} what="save the draft" effect="What you wrote is still on this page." again={() => void draft.save()} />}
                  {pipeline.broken !== '' && (
                    <Notice tone="blocked" title="The YAML can’t be read as it is">
                      {pipeline.broken} The canvas shows what can be made of it.
                    </Notice>
                  )}
                  {draft.theirs && later && (
                    <Notice tone="blocked" title={`${draft.theirs.author} changed this pipeline too; nothing is saved until you have chosen`}>
                      <Button variant="default" onClick={() => setLater(false)}>
                        Look at both
                      </Button>
                    </Notice>
                  )}
                </div>
              )}
              <div className={classes.panes}>
                {view !== 'yaml' && (
                  <div className={classes.canvasPane}>
                    {pipeline.steps.length === 0 && <p className={classes.begin}>Begin with a Source: drag one from the left, or press <kbd>A</kbd>.</p>}
                    <Canvas onAdd={setAdding} onOpen={() => setDrawer(true)} onClose={() => setDrawer(false)} />
                  </div>
                )}
                {view !== 'canvas' && <YamlPane goTo={goTo} />}
              </div>
              <div className={classes.bottom}>
                <div role="tablist" aria-label="Below the editor" className={classes.tabs}>
                  {[
                    ['preview', 'Preview', chosen],
                    ['problems', 'Problems', problems === 0 ? '' : String(problems)],
                  ].map(([id, label, note]) => (
                    <button
                      key={id}
                      type="button"
                      role="tab"
                      aria-selected={panel === id}
                      aria-controls="builder-panel"
                      className={classes.tab}
                      onClick={() => set({ panel: id === 'preview' ? '' : (id ?? '') })}
                    >
                      {label}
                      {note !== '' && <span data-problems={(id === 'problems' && problems > 0) || undefined}>{note}</span>}
                    </button>
                  ))}
                </div>
                <div id="builder-panel" role="tabpanel" aria-label={panel === 'problems' ? 'Problems' : 'Preview'} className={classes.panel}>
                  {panel === 'problems' ? (
                    <ProblemsPanel go={go} />
                  ) : (
                    <PreviewPanel limit={limit} setLimit={setLimit} keys={keys} setKeys={setKeys} again={() => setTurn(turn + 1)} />
                  )}
                </div>
              </div>
            </div>
            {drawer && step !== undefined && <StepDrawer step={step} close={() => closeDrawer(chosen, setDrawer)} />}
          </div>
        )}
        {adding !== null && <AddStep behind={adding} pick={(offer) => add(offer.wanted, adding === '' ? {} : { behind: adding })} close={() => closeDialog(chosen, setAdding)} />}
        {draft.theirs && !later && (
          <Conflict
            mine={text}
            theirs={draft.theirs}
            settle={(next) => {
              if (draft.theirs) draft.settle(draft.theirs);
              setHistory((before) => changed(before, next, false));
            }}
            later={() => setLater(true)}
          />
        )}
      </Page>
    </BuilderContext>
  );
}

/** One history for every pane: fields and editors, which have histories of their own, never see these keys. */
function useUndoKeys(undo: () => void, redo: () => void) {
  useEffect(() => {
    const pressed = (event: KeyboardEvent) => {
      const key = event.key.toLowerCase();
      if (!(event.metaKey || event.ctrlKey) || event.altKey || (key !== 'z' && key !== 'y')) return;
      event.preventDefault();
      event.stopPropagation();
      if (key === 'z' && !event.shiftKey) undo();
      else redo();
    };
    window.addEventListener('keydown', pressed, true);
    return () => window.removeEventListener('keydown', pressed, true);
  }, [redo, undo]);
}

/** What a step that is dropped beside everything reads: the chosen step, or the only one that nothing reads yet. */
function looseEnd(pipeline: ReturnType<typeof read>, chosen: string): string | undefined {
  const ends = pipeline.steps.filter((step) => step.role !== 'sink');
  if (ends.some((step) => step.id === chosen)) return chosen;
  const loose = ends.filter((step) => !pipeline.steps.some((other) => other.inputs.includes(step.id)));
  return loose.length === 1 ? loose[0]?.id : undefined;
}

/** What a step says from the beginning, so that it is nearly done. */
function standard(name: string, wanted: Wanted): NonNullable<NewStep['config']> {
  return wanted.type === 'iceberg' ? { table: `studio.${name}` } : {};
}

function closeDialog(chosen: string, setAdding: (behind: null) => void) {
  setAdding(null);
  focusNode(chosen);
}

/** Goes to a step that is about to be drawn, unless somebody has gone elsewhere by then. */
function focusNode(id: string, frames = 60) {
  requestAnimationFrame(() => {
    const node = window.document.querySelector<HTMLElement>(`[data-node="${CSS.escape(id)}"]`);
    const nowhere = window.document.activeElement === window.document.body;
    if (node && nowhere) node.focus({ preventScroll: true });
    else if (frames > 0) focusNode(id, frames - 1);
  });
}

function closeDrawer(chosen: string, setDrawer: (opened: boolean) => void) {
  setDrawer(false);
  requestAnimationFrame(() => window.document.querySelector<HTMLElement>(`[data-node="${CSS.escape(chosen)}"]`)?.focus());
}

const SAVING: Record<Saving, { word: string; Icon: typeof IconCloudCheck }> = {
  saved: { word: 'Saved', Icon: IconCloudCheck },
  saving: { word: 'Saving', Icon: IconCloudUp },
  unsaved: { word: 'Not saved yet', Icon: IconCloudUp },
  failed: { word: 'Not saved', Icon: IconCloudOff },
};

function SavingMark({ saving, at, by }: { saving: Saving; at: string | undefined; by: string | undefined }) {
  const { word, Icon } = SAVING[saving];
  return (
    <span className={classes.saving} role="status" data-saving={saving}>
      <Icon size={15} aria-hidden />
      {word}
      {saving === 'saved' && at && (
        <span className={classes.by}>
          <IconUsers size={13} aria-hidden /> {by} <Age of={at} />
        </span>
      )}
    </span>
  );
}

function More({ discard }: { discard: (() => Promise<void>) | null }) {
  if (discard === null) return null;
  return (
    <Menu position="bottom-end" width={220} shadow="md">
      <Menu.Target>
        <ActionIcon variant="default" size={30} aria-label="More">
          <IconDots size={16} aria-hidden />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item onClick={() => void discard()}>Discard the draft</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
