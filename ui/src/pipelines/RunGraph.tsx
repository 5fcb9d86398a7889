import { FlowGraph, type FlowEdge, type FlowNode } from '../graph/FlowGraph';
import { FIGURES_HEIGHT, STEP_HEIGHT, STEP_WIDTH } from '../graph/layout';
import { StepCard, stepWord } from '../graph/StepCard';
import { duration, moment, rate } from '../format/format';
import { NodeMark } from './NodeMark';
import type { Graph, Node } from './pipeline';

/** A pipeline's steps with what each does now; a click or Enter opens one. */
export function RunGraph({ graph, chosen, onChoose }: { graph: Graph; chosen: string; onChoose: (id: string) => void }) {
  const nodes: FlowNode[] = graph.nodes.map((node) => ({
    id: node.id,
    label: spoken(node),
    size: { width: STEP_WIDTH, height: STEP_HEIGHT + FIGURES_HEIGHT },
    card: (
      <StepCard
        role={node.role}
        type={node.type}
        title={title(node)}
        subtitle={subtitle(node)}
        mark={<NodeMark node={node} />}
        figures={figures(node)}
        tone={node.parked.length > 0 ? 'blocked' : node.state === 'failed' ? 'failed' : node.state === 'paused' ? 'idle' : undefined}
        chosen={node.id === chosen}
      />
    ),
  }));
  const parked = new Set(graph.nodes.filter((node) => node.parked.length > 0).map((node) => node.id));
  const edges: FlowEdge[] = graph.edges.map(({ from, to, rate: each }) => ({
    from,
    to,
    label: each === undefined ? undefined : `${rate(each)}/s`,
    tone: parked.has(from) ? 'blocked' : undefined,
  }));
  const tallest = Math.max(...ranks(graph));
  return (
    <FlowGraph
      label="Steps of the pipeline"
      nodes={nodes}
      edges={edges}
      chosen={chosen}
      onChoose={onChoose}
      height={Math.min(460, Math.max(170, tallest * (STEP_HEIGHT + FIGURES_HEIGHT + 28) + 24))}
    />
  );
}

/** How many steps stand above each other, at most, by how far they are from a Source. */
function ranks(graph: Graph): number[] {
  const depth = new Map<string, number>();
  for (const node of graph.nodes) depth.set(node.id, 0);
  for (let round = 0; round < graph.nodes.length; round++) {
    for (const { from, to } of graph.edges) depth.set(to, Math.max(depth.get(to) ?? 0, (depth.get(from) ?? 0) + 1));
  }
  const counts = new Map<number, number>();
  for (const of of depth.values()) counts.set(of, (counts.get(of) ?? 0) + 1);
  return [1, ...counts.values()];
}

export function title(node: Node): string {
  return node.role === 'processor' ? node.id : (node.name ?? node.id);
}

function subtitle(node: Node): string {
  return node.role === 'processor' ? stepWord(node.role, node.type) : node.role === 'sink' ? `${stepWord(node.role, node.type)} table` : stepWord(node.role, node.type);
}

function figures(node: Node): { label: string; value: string; tone?: 'blocked' | 'failed' | 'busy' | undefined }[] {
  const shown: { label: string; value: string; tone?: 'blocked' | 'failed' | 'busy' | undefined }[] = [];
  if (node.role === 'source' || node.role === 'sink') {
    const unmarked = (node.partitions_without_mark ?? 0) > 0;
    shown.push({
      label: 'Lag',
      value: unmarked && node.lag_seconds === undefined ? 'no offset' : duration(node.lag_seconds),
      tone: (node.lag_seconds ?? 0) > 60 ? 'blocked' : undefined,
    });
  }
  shown.push({ label: node.role === 'sink' || node.role === 'publication' ? 'Rows in' : 'Rows out', value: perSecond(node.role === 'sink' || node.role === 'publication' ? node.in_rate : node.out_rate) });
  if (node.role === 'processor') {
    if (node.latency_seconds) shown.push({ label: 'Latency', value: moment(node.latency_seconds.p50) });
    shown.push({ label: 'Busy', value: share(node.busy), tone: (node.back_pressured ?? 0) > 0.5 ? 'busy' : undefined });
  }
  if ((node.error_rate ?? 0) > 0) shown.push({ label: 'Errors', value: perSecond(node.error_rate), tone: 'failed' });
  return shown;
}

export function perSecond(value: number | undefined): string {
  return value === undefined ? rate(null) : `${rate(value)}/s`;
}

export function share(value: number | undefined | null): string {
  return value === undefined || value === null ? 'unknown' : `${Math.round(value * 100)} %`;
}

function spoken(node: Node): string {
  const figuresText = figures(node)
    .map(({ label, value }) => `${label} ${value}`)
    .join(', ');
  return `${stepWord(node.role, node.type)} ${title(node)}: ${node.parked.length > 0 ? 'blocked' : node.state}. ${figuresText}`;
}
