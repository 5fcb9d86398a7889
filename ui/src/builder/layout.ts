import { Graph, layout as arrange } from '@dagrejs/dagre';
import type { Pipeline } from './document';

/** Of a node, in px. */
export const NODE = { width: 212, height: 64 } as const;

/** The top left corner of a step. */
export interface Place {
  x: number;
  y: number;
}

/** Where each step stands: left to right, by what reads what. Positions mean nothing and are nowhere kept. */
export function places(pipeline: Pipeline): Map<string, Place> {
  const graph = new Graph();
  graph.setGraph({ rankdir: 'LR', nodesep: 24, ranksep: 56, marginx: 16, marginy: 16 });
  graph.setDefaultEdgeLabel(() => ({}));
  const ids = new Set(pipeline.steps.map((step) => step.id));
  for (const id of ids) graph.setNode(id, { width: NODE.width, height: NODE.height });
  for (const step of pipeline.steps) {
    for (const from of step.inputs) if (ids.has(from) && from !== step.id) graph.setEdge(from, step.id);
  }
  arrange(graph);
  return new Map(
    [...ids].map((id) => {
      const node = graph.node(id) as { x: number; y: number };
      return [id, { x: node.x - NODE.width / 2, y: node.y - NODE.height / 2 }];
    }),
  );
}

/** What all steps stand within. */
export function boundsOf(at: ReadonlyMap<string, Place>) {
  const all = [...at.values()];
  return {
    left: Math.min(...all.map(({ x }) => x)),
    right: Math.max(...all.map(({ x }) => x)) + NODE.width,
    top: Math.min(...all.map(({ y }) => y)),
    bottom: Math.max(...all.map(({ y }) => y)) + NODE.height,
  };
}

const MARGIN = 24;

/** Where the middle of a view of this size must be to show a step, and no more emptiness beside the graph than needed. */
export function middleOf(place: Place, at: ReadonlyMap<string, Place>, width: number, height: number): Place {
  const { left, right, top, bottom } = boundsOf(at);
  const within = (wanted: number, from: number, to: number, size: number) =>
    to - from + 2 * MARGIN <= size ? (from + to) / 2 : Math.max(from - MARGIN + size / 2, Math.min(to + MARGIN - size / 2, wanted));
  return { x: within(place.x + NODE.width / 2, left, right, width), y: within(place.y + NODE.height / 2, top, bottom, height) };
}

export type Direction = 'left' | 'right' | 'up' | 'down';

/** The step that an arrow key goes to: along the graph sideways, to what stands above or below otherwise. */
export function neighbour(pipeline: Pipeline, at: Map<string, Place>, id: string, direction: Direction): string | undefined {
  const here = at.get(id);
  const step = pipeline.steps.find((each) => each.id === id);
  if (here === undefined || step === undefined) return pipeline.steps[0]?.id;
  const near = (ids: string[]) =>
    ids
      .filter((other) => at.has(other))
      .sort((a, b) => Math.abs((at.get(a)?.y ?? 0) - here.y) - Math.abs((at.get(b)?.y ?? 0) - here.y))[0];
  if (direction === 'left') return near(step.inputs);
  if (direction === 'right') return near(pipeline.steps.filter((each) => each.inputs.includes(id)).map((each) => each.id));
  const sign = direction === 'down' ? 1 : -1;
  return pipeline.steps
    .map((each) => each.id)
    .filter((other) => other !== id && ((at.get(other)?.y ?? 0) - here.y) * sign > 1)
    .sort((a, b) => far(at, here, a) - far(at, here, b))[0];
}

function far(at: Map<string, Place>, here: Place, id: string): number {
  const place = at.get(id) ?? here;
  return Math.abs(place.x - here.x) + 2 * Math.abs(place.y - here.y);
}
