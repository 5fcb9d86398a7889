import { useRead } from '../api/useApi';
import type { PipelineItem, Revision } from './pipeline';

/** A pipeline with its status, live. */
export function usePipeline(name: string) {
  const reading = useRead('/api/v1/{kind}/{name}', { path: { kind: 'pipelines', name }, query: { proof: false } }, { live: true });
  return { ...reading, data: reading.data as unknown as PipelineItem | undefined };
}

/** All revisions, the newest first, live: another person writes one while the page is open. */
export function useRevisions(name: string) {
  const reading = useRead('/api/v1/{kind}/{name}/revisions', { path: { kind: 'pipelines', name } }, { live: true });
  return { ...reading, data: (reading.data as unknown as { revisions: Revision[] } | undefined)?.revisions };
}
