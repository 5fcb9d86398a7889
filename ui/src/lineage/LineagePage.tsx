import { Button, SegmentedControl, Select, UnstyledButton } from '@mantine/core';
import { IconDatabase, IconFilter, IconRoute, IconTable, IconTransform } from '@tabler/icons-react';
import { Link, useSearchParams } from 'react-router';
import type { Answer } from '../api/api';
import { useRead } from '../api/useApi';
import { fieldId, fieldText, lineagePath, pathOf } from '../catalog/paths';
import { count } from '../format/format';
import { FlowGraph } from '../graph/FlowGraph';
import { DataTable, type Column } from '../parts/DataTable';
import { Facts } from '../parts/Facts';
import { Page } from '../parts/Page';
import { Empty, Failure, Loading } from '../parts/States';
import { TagList } from '../parts/Tag';
import { useAddress } from '../parts/useAddress';
import { NewPipeline } from '../pipelines/NewPipeline';
import { FieldPicker } from './FieldPicker';
import classes from './LineagePage.module.css';

type Lineage = Answer<'/api/v1/lineage'>;
type LineageNode = Lineage['nodes'][number];

const ICONS = { source: IconDatabase, table: IconTable, pipeline: IconRoute, step: IconTransform };
const SIZE = { width: 184, height: 52 };
const ROW = 84;
const HOW: Record<string, string> = {
  copied: 'copied',
  renamed: 'copied under another name',
  derived: 'found or computed with it',
  condition: 'decides which rows there are',
  feeds: 'feeds',
};

/** Where one field comes from and goes to: one hop at first, since all of it is seldom readable. */
export function LineagePage() {
  const [params, setParams] = useSearchParams();
  const [view, setView] = useAddress('view', 'graph');
  const [node, choose] = useAddress('node');
  const field = params.get('field') ?? '';
  const depth = Number(params.get('depth') ?? '1');
  const limit = Number(params.get('limit') ?? '40');
  const lineage = useRead('/api/v1/lineage', { query: { field, depth, limit } }, { enabled: field !== '', keep: true, live: true });
  const set = (name: string, value: string) =>
    setParams((before) => {
      const after = new URLSearchParams(before);
      after.set(name, value);
      if (name === 'field') after.delete('node');
      return after;
    });
  const its = lineage.data;
  return (
    <Page title="Lineage">
      <div className={classes.bar}>
        <FieldPicker field={field} choose={(id) => set('field', id)} />
        <Select
          aria-label="How far"
          w={150}
          allowDeselect={false}
          value={String(depth)}
          data={[
            { value: '1', label: 'One hop' },
            { value: '2', label: 'Two hops' },
            { value: '3', label: 'Three hops' },
            { value: '20', label: 'All the way' },
          ]}
          onChange={(value) => set('depth', value ?? '1')}
        />
        <SegmentedControl
          size="xs"
          aria-label="How it is shown"
          data={[
            { value: 'graph', label: 'Graph' },
            { value: 'list', label: 'List' },
          ]}
          value={view}
          onChange={setView}
        />
        {its && (
          <span className={classes.counts} role="status">
            Comes from <Shown of={its.upstream} />, goes to <Shown of={its.downstream} />
          </span>
        )}
        {its && (its.upstream.shown < its.upstream.total || its.downstream.shown < its.downstream.total) && (
          <Button variant="default" onClick={() => (depth < 20 ? set('depth', String(depth + 1)) : set('limit', String(limit * 2)))}>
            Show more
          </Button>
        )}
      </div>
      {field === '' ? (
        <Begin choose={(id) => set('field', id)} />
      ) : lineage.error ? (
        <Failure error={lineage.error} what="show the lineage" again={() => void lineage.refetch()} />
      ) : its === undefined ? (
        <Loading what="lineage" />
      ) : its.nodes.length <= 1 ? (
        <Empty action={<NewPipeline />}>No running pipeline takes it or makes it.</Empty>
      ) : view === 'list' ? (
        <LineageList lineage={its} follow={(id) => set('field', id)} />
      ) : (
        <div className={classes.split}>
          <FlowGraph
            label="Graph of fields"
            height={heightOf(its)}
            nodes={its.nodes.map((one) => ({ id: one.id, label: said(one), size: SIZE, card: <Card node={one} focus={one.id === its.focus} chosen={one.id === node} /> }))}
            edges={its.edges.map(({ from, to, how }) => ({ from, to, label: how === 'copied' || how === 'feeds' ? undefined : how }))}
            chosen={node}
            onChoose={choose}
          />
          <NodePanel node={its.nodes.find(({ id }) => id === (node || its.focus))} focus={its.focus} follow={(id) => set('field', id)} />
        </div>
      )}
    </Page>
  );
}

/** Where to begin: the first of what there is, since an empty page helps nobody. */
function Begin({ choose }: { choose: (id: string) => void }) {
  const found = useRead('/api/v1/search', { query: { kind: ['table', 'source'], limit: 24 } });
  const items = (found.data?.items ?? []).filter((item) => item.kind === 'table' || item.kind === 'source');
  if (found.data !== undefined && items.length === 0) {
    return <Empty action={<Button component={Link} to="/connections/new">Add a connection</Button>}>There is no Source yet, so nothing comes from anywhere.</Empty>;
  }
  return (
    <section className={classes.begin} aria-label="Where to begin">
      <p>Choose a field, a Source or a table to see where it comes from and where it goes. {count(found.data?.total ?? 0)} to begin with:</p>
      <ul>
        {items.map(({ kind, name, fields }) => {
          const Icon = kind === 'table' ? IconTable : IconDatabase;
          return (
            <li key={`${kind}:${name}`}>
              <UnstyledButton className={classes.choice} onClick={() => choose(fieldId(kind as 'source' | 'table', name))}>
                <Icon size={15} aria-hidden />
                <span>{name}</span>
                <span>{count(fields)} fields</span>
              </UnstyledButton>
            </li>
          );
        })}
      </ul>
    </section>
  );
}

/** As high as what stands above one another needs, within the window. */
function heightOf({ nodes }: Lineage): number {
  const columns = new Map<number, number>();
  for (const { hops } of nodes) columns.set(hops, (columns.get(hops) ?? 0) + 1);
  return Math.max(320, Math.min(window.innerHeight - 190, Math.max(...columns.values()) * ROW));
}

function Shown({ of: { shown, total } }: { of: { shown: number; total: number } }) {
  return (
    <strong>
      {count(shown)} of {count(total)}
    </strong>
  );
}

function said(node: LineageNode): string {
  const where = node.kind === 'step' ? `step ${node.name} of pipeline ${node.pipeline}` : `${node.kind} ${node.name}`;
  return node.field ? `field ${node.field} of ${where}` : node.kind === 'step' ? `rows that ${where} lets pass` : where;
}

function short(node: LineageNode): string {
  return node.kind === 'step' ? `${node.pipeline} / ${node.name}` : node.name;
}

function Card({ node, focus, chosen }: { node: LineageNode; focus: boolean; chosen: boolean }) {
  const Icon = node.kind === 'step' && node.field === '' ? IconFilter : ICONS[node.kind];
  return (
    <div className={classes.card} data-kind={node.kind} data-focus={focus || undefined} data-chosen={chosen || undefined} title={said(node)}>
      <span className={classes.top}>
        <Icon size={13} aria-hidden />
        <span>{node.field === '' && node.kind !== 'step' ? node.kind : short(node)}</span>
      </span>
      <span className={classes.name}>
        <span>{node.field || (node.kind === 'step' ? 'which rows there are' : node.name)}</span>
        <TagList tags={node.tags} />
        {node.beyond > 0 && <span className={classes.more}>+{node.beyond}</span>}
      </span>
    </div>
  );
}

function NodePanel({ node, focus, follow }: { node: LineageNode | undefined; focus: string; follow: (id: string) => void }) {
  if (node === undefined) return null;
  const page = node.kind === 'step' ? `${pathOf('pipeline', node.pipeline)}?${new URLSearchParams({ node: node.name })}` : pathOf(node.kind, node.name);
  return (
    <aside className={classes.panel} aria-label="What is chosen">
      <h2>{node.field || node.name}</h2>
      <Facts
        facts={[
          ['Of', node.field ? <Link to={page}>{short(node)}</Link> : <Link to={page}>its page</Link>],
          ['Type', node.type],
          ['Owner', node.owner],
          ['Description', node.description],
          ['Locked by', node.tags.length > 0 ? <TagList tags={node.tags} /> : null],
          ['Not shown', node.beyond > 0 ? `${node.beyond} more connection${node.beyond === 1 ? '' : 's'}` : null],
        ]}
      />
      <div className={classes.buttons}>
        {node.id !== focus && <Button onClick={() => follow(node.id)}>Look from here</Button>}
        {node.field && node.kind === 'source' && (
          <Button component={Link} to={`/impact?${new URLSearchParams({ change: `${node.name} drop ${fieldText(node.field)}` })}`} variant="default">
            What if it were dropped?
          </Button>
        )}
      </div>
    </aside>
  );
}

interface Line {
  id: string;
  hops: number;
  node: LineageNode;
  how: string;
  through: string;
}

/** The same as the graph, as rows: for many fields, for the keyboard, for reading aloud. */
function LineageList({ lineage, follow }: { lineage: Lineage; follow: (id: string) => void }) {
  const rows = lines(lineage);
  const columns: Column<Line>[] = [
    { id: 'hops', label: 'Direction', width: '160px', sort: ({ hops }) => hops, cell: ({ hops }) => (hops < 0 ? `comes from, ${-hops} away` : `goes to, ${hops} away`) },
    { id: 'kind', label: 'Kind', width: '72px', sort: ({ node }) => node.kind, cell: ({ node }) => node.kind },
    {
      id: 'name',
      label: 'Of',
      width: 'minmax(150px, 1.4fr)',
      sort: ({ node }) => node.name,
      cell: ({ node }) => <Link to={node.kind === 'step' ? pathOf('pipeline', node.pipeline) : pathOf(node.kind, node.name)}>{short(node)}</Link>,
    },
    { id: 'field', label: 'Field', width: 'minmax(96px, 1fr)', sort: ({ node }) => node.field, cell: ({ node }) => <span className={classes.mono}>{node.field || '–'}</span> },
    { id: 'type', label: 'Type', width: 'minmax(64px, 0.5fr)', sort: ({ node }) => node.type, cell: ({ node }) => node.type },
    { id: 'how', label: 'How', width: 'minmax(90px, 1fr)', sort: ({ how }) => how, cell: ({ how }) => <span title={HOW[how] ?? how}>{HOW[how] ?? how}</span> },
    { id: 'through', label: 'Through', width: 'minmax(120px, 1.4fr)', cell: ({ through }) => <span title={through}>{through}</span> },
    { id: 'tags', label: 'Locked by', width: '88px', cell: ({ node }) => <TagList tags={node.tags} /> },
    {
      id: 'more',
      label: '',
      width: '124px',
      cell: ({ node }) => (
        <Link to={lineagePath(node.id, { view: 'list' })} title={said(node)}>
          Look from here
        </Link>
      ),
    },
  ];
  return <DataTable label="Lineage" rows={rows} columns={columns} rowId={({ id }) => id} onOpen={({ node }) => follow(node.id)} />;
}

/** Every Source and table around the focus, with the pipelines between and the loosest way of the last. */
export function lines(lineage: Lineage): Line[] {
  const nodes = new Map(lineage.nodes.map((node) => [node.id, node]));
  return lineage.nodes
    .filter((node) => node.id !== lineage.focus && node.kind !== 'step' && (node.kind !== 'pipeline' || !lineage.focus.startsWith('pipeline')))
    .filter((node) => node.kind !== 'pipeline')
    .concat(lineage.nodes.filter((node) => node.kind === 'step' && node.field === ''))
    .map((node) => {
      const near = lineage.edges.filter(({ from, to }) => (node.hops < 0 ? from === node.id : to === node.id));
      const steps = new Set<string>();
      const seen = new Set<string>();
      const follow = (id: string): void => {
        if (seen.has(id)) return;
        seen.add(id);
        for (const edge of lineage.edges) {
          const [here, there] = node.hops < 0 ? [edge.from, edge.to] : [edge.to, edge.from];
          if (here !== id) continue;
          const other = nodes.get(there);
          if (other?.kind === 'step') {
            steps.add(`${other.pipeline}/${other.name}`);
            follow(there);
          } else if (other?.kind === 'pipeline') {
            steps.add(other.name);
          }
        }
      };
      follow(node.id);
      return { id: node.id, hops: node.hops, node, how: loosest(near.map(({ how }) => how)), through: [...steps].join(', ') };
    })
    .sort((a, b) => Math.abs(a.hops) - Math.abs(b.hops) || a.id.localeCompare(b.id));
}

const LOOSER = ['copied', 'renamed', 'derived', 'condition', 'feeds'];

function loosest(all: string[]): string {
  return all.reduce((worst, how) => (LOOSER.indexOf(how) > LOOSER.indexOf(worst) ? how : worst), all[0] ?? 'copied');
}
