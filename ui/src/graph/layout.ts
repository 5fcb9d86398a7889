import { Graph, layout as arrange } from '@dagrejs/dagre';

export interface Size {
  width: number;
  height: number;
}

export interface Point {
  x: number;
  y: number;
}

/** How large a step is drawn; figures make it higher. */
export const STEP_WIDTH = 208;
export const STEP_HEIGHT = 56;
export const FIGURES_HEIGHT = 44;

/**
 * Places nodes from left to right, in the direction in which data flow. The same graph is always placed the same way.
 *
 * @returns the top left corner of each node, by its id
 */
export function layout(
  nodes: readonly { id: string; size?: Size }[],
  edges: readonly { from: string; to: string }[],
): Map<string, Point> {
  const graph = new Graph();
  graph.setGraph({ rankdir: 'LR', ranksep: 72, nodesep: 28, marginx: 8, marginy: 8 });
  graph.setDefaultEdgeLabel(() => ({}));
  const ids = new Set(nodes.map(({ id }) => id));
  for (const { id, size } of nodes) graph.setNode(id, { width: size?.width ?? STEP_WIDTH, height: size?.height ?? STEP_HEIGHT });
  for (const { from, to } of edges) if (ids.has(from) && ids.has(to)) graph.setEdge(from, to);
  arrange(graph);
  const places = new Map<string, Point>();
  for (const { id } of nodes) {
    const { x = 0, y = 0, width = 0, height = 0 } = graph.node(id) as Partial<Point & Size>;
    places.set(id, { x: x - width / 2, y: y - height / 2 });
  }
  return places;
}

/** The nodes that come right before (`[`) or right after (`]`) one, in the order of the edges. */
export function neighbours(edges: readonly { from: string; to: string }[], id: string, which: 'before' | 'after'): string[] {
  return which === 'before'
    ? edges.filter((edge) => edge.to === id).map((edge) => edge.from)
    : edges.filter((edge) => edge.from === id).map((edge) => edge.to);
}
