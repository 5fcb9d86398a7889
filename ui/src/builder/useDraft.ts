import { useCallback, useEffect, useRef, useState } from 'react';
import { ApiError, read, send } from '../api/api';
import { useRead } from '../api/useApi';
import { specText } from './specText';
import type { PipelineDocument } from './types';

/** Whether what is on the screen is on the server. */
export type Saving = 'saved' | 'unsaved' | 'saving' | 'failed';

/** What somebody else has saved or deployed meanwhile. */
export interface Theirs {
  text: string;
  author: string;
  at: string;
  /** The draft's version; 0 when there is none any more. */
  version: number;
  revision: number;
  /** Whether it is a revision that was deployed, rather than a draft. */
  deployed: boolean;
  /** What both had in common last; empty when that is not known. */
  base: string;
}

interface Known {
  /** The draft's version that this page has; 0 for none. */
  version: number;
  revision: number;
  /** The text that this page and the server had in common last. */
  text: string;
  /** What was deployed then. */
  deployed: string;
}

const PAUSE_MS = 700;

/** What a document says now: its draft, or else what is deployed. */
export function textOf(document: PipelineDocument): string {
  return document.draft?.text ?? deployedText(document);
}

/** What is deployed, as its author wrote it where that is known. */
export function deployedText(document: PipelineDocument): string {
  if (document.revision === 0) return '';
  return document.text !== '' ? document.text : specText(document.spec);
}

/**
 * Saves a text as it changes, and tells when somebody else has changed it: while nothing is unsaved here, their text is
 * taken over through `adopt`, which can be undone; else both are kept until a person has chosen.
 */
export function useDraft(document: PipelineDocument, text: string, adopt: (text: string, by: string) => void) {
  const { name } = document;
  const [saving, setSaving] = useState<Saving>('saved');
  const [error, setError] = useState<ApiError | null>(null);
  const [theirs, setTheirs] = useState<Theirs | null>(null);
  const known = useRef<Known>({
    version: document.draft?.version ?? 0,
    revision: document.draft?.base_revision ?? document.revision,
    text: textOf(document),
    deployed: (document.draft?.base_revision ?? document.revision) === document.revision ? deployedText(document) : '',
  });
  const latest = useRef(text);
  latest.current = text;
  const busy = useRef(false);
  const live = useRead('/api/v1/pipelines/{name}/document', { path: { name } }, { live: true });

  const meet = useCallback(
    (found: PipelineDocument) => {
      const deployed = deployedText(found);
      const seen = { version: found.draft?.version ?? 0, revision: found.revision, text: textOf(found), deployed };
      const mine = known.current;
      if (seen.version === mine.version && seen.revision === mine.revision) return;
      // An answer that was on its way while this page saved tells what is over.
      if (seen.revision === mine.revision && seen.version < mine.version && seen.version > 0) return;
      const over = found.draft !== undefined && found.draft.base_revision < found.revision && found.revision > mine.revision;
      if (over && deployed !== latest.current) {
        // Somebody deployed another text than the draft: a change of the draft would undo that unseen.
        const { version, revision } = seen;
        setTheirs({ text: deployed, author: 'Somebody', at: '', version, revision, deployed: true, base: mine.deployed });
      } else if (seen.text === latest.current) {
        known.current = seen;
        setTheirs(null);
        setSaving('saved');
      } else if (latest.current === mine.text) {
        known.current = seen;
        setTheirs(null);
        adopt(seen.text, found.draft?.author ?? 'Somebody');
      } else {
        setTheirs({
          text: seen.text,
          author: found.draft?.author ?? 'Somebody',
          at: found.draft?.saved_at ?? '',
          version: seen.version,
          revision: seen.revision,
          deployed: found.draft === undefined,
          base: mine.text,
        });
      }
    },
    [adopt],
  );

  useEffect(() => {
    if (live.data && !busy.current) meet(live.data);
  }, [live.data, meet]);

  const save = useCallback(async () => {
    const sent = latest.current;
    if (busy.current || sent === known.current.text) return;
    busy.current = true;
    setSaving('saving');
    try {
      const { version, revision } = known.current;
      const saved = await send('put', '/api/v1/drafts/{name}', {
        path: { name },
        body: { text: sent, version, base_revision: revision },
      });
      known.current = { ...known.current, version: saved.version, text: sent };
      setError(null);
      setSaving(latest.current === sent ? 'saved' : 'unsaved');
    } catch (failure) {
      if (!(failure instanceof ApiError)) throw failure;
      setSaving('failed');
      if (failure.code === 'CONFLICT') {
        meet(await read('/api/v1/pipelines/{name}/document', { path: { name } }));
      } else {
        setError(failure);
      }
    } finally {
      busy.current = false;
    }
  }, [meet, name]);

  useEffect(() => {
    if (theirs !== null || text === known.current.text) return;
    setSaving('unsaved');
    const timer = setTimeout(() => void save(), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [save, text, theirs]);

  // What was typed in the moment before leaving is sent on the way out.
  useEffect(() => {
    const leave = (event: BeforeUnloadEvent) => {
      if (latest.current !== known.current.text) event.preventDefault();
    };
    window.addEventListener('beforeunload', leave);
    return () => {
      window.removeEventListener('beforeunload', leave);
      void save();
    };
  }, [save]);

  /** Goes on from what the others have; what this page shows next is a change of that. */
  const settle = (from: Theirs) => {
    const deployed = from.deployed ? from.text : known.current.deployed;
    known.current = { version: from.version, revision: from.revision, text: from.text, deployed };
    setTheirs(null);
  };

  /** Notes that this page has deployed its text. */
  const deployed = (revision: number) => {
    known.current = { version: 0, revision, text: latest.current, deployed: latest.current };
    setSaving('saved');
  };

  return { saving, error, theirs, settle, save, deployed, known: known.current, live: live.data ?? document };
}
