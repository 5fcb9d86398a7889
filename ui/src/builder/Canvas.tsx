import '@xyflow/react/dist/base.css';
import { ActionIcon, Tooltip } from '@mantine/core';
import { IconLayoutDistributeHorizontal, IconMinus, IconPlus } from '@tabler/icons-react';
import {
  MarkerType,
  ReactFlow,
  ReactFlowProvider,
  useReactFlow,
  useStore,
  type Connection,
  type Edge,
} from '@xyflow/react';
import { useCallback, useEffect, useMemo, useRef, type KeyboardEvent } from 'react';
import { connect, disconnect, removeStep } from './document';
import { boundsOf, middleOf, neighbour, NODE, places, type Direction, type Place } from './layout';
import { counts, previewStep, stepOf, useBuilder } from './model';
import { StepNode, type StepNodeType } from './StepNode';
import type { Stage } from './stages';
import classes from './Canvas.module.css';

const NODE_TYPES = { step: StepNode };
const FIT = { padding: 0.08, maxZoom: 1.1, minZoom: 0.1, duration: 0 } as const;
/** Below it, a step's id can't be read; then a part of the graph is shown, as large as NEAR says. */
const LEGIBLE = 0.6;
const NEAR = 0.85;
const STILL_MILLIS = 150;
const ARROWS: Record<string, Direction> = { ArrowLeft: 'left', '[': 'left', ArrowRight: 'right', ']': 'right', ArrowUp: 'up', ArrowDown: 'down' };

interface CanvasProps {
  /** How far each step is, while a revision is being deployed. */
  stages?: ReadonlyMap<string, Stage>;
  readOnly?: boolean;
  /** Opens what adds a step behind another one, or alone. */
  onAdd?: (behind: string) => void;
  onOpen?: () => void;
  onClose?: () => void;
}

/** The graph of steps: a picture of the text, by mouse and by keyboard. */
export function Canvas(props: CanvasProps) {
  return (
    <ReactFlowProvider>
      <Flow {...props} />
    </ReactFlowProvider>
  );
}

function Flow({ stages, readOnly = false, onAdd, onOpen, onClose }: CanvasProps) {
  const builder = useBuilder();
  const { pipeline, chosen, choose, edit, descriptors, preview } = builder;
  const box = useRef<HTMLDivElement>(null);
  const flow = useReactFlow();
  // Far away, small buttons can't be hit any more; keys and the palette do the same.
  const far = useStore((state) => state.transform[2] < 0.65);
  const tiny = useStore((state) => state.transform[2] < 0.35);
  const shape = pipeline.steps.map((step) => `${step.id}<${step.inputs.join(',')}`).join(';');
  // eslint-disable-next-line -- the shape says all that places depend on
  const at = useMemo(() => places(pipeline), [shape]);

  const problems = useMemo(() => {
    const found = new Map<string, number>();
    for (const problem of builder.check.data?.problems ?? []) {
      const id = stepOf(problem, pipeline)?.id;
      if (id !== undefined) found.set(id, (found.get(id) ?? 0) + 1);
    }
    return found;
  }, [builder.check.data, pipeline]);

  const pick = useCallback(
    (id: string) => {
      choose(id);
      onOpen?.();
    },
    [choose, onOpen],
  );
  const focusId = chosen !== '' && at.has(chosen) ? chosen : pipeline.steps[0]?.id;
  const cache = useRef(new Map<string, StepNodeType>());
  const nodes = useMemo(() => {
    const next = new Map<string, StepNodeType>();
    for (const step of pipeline.steps) {
      const descriptor = descriptors.get(step.type);
      const counted = counts(previewStep(preview.data, step.id));
      const sampled = counted === null ? '' : step.role === 'source' ? `${counted.out} rows` : `${counted.in} → ${counted.out}`;
      const node: StepNodeType = {
        id: step.id,
        type: 'step',
        position: at.get(step.id) ?? { x: 0, y: 0 },
        width: NODE.width,
        height: NODE.height,
        data: {
          id: step.id,
          role: step.role,
          type: step.type,
          title: step.role === 'source' ? step.type || 'Source' : (descriptor?.title ?? step.type) || 'Unknown',
          descriptor,
          problems: problems.get(step.id) ?? 0,
          rows: sampled,
          lost: lost(counted),
          failed: (counted?.failed ?? 0) > 0,
          chosen: chosen === step.id,
          focusable: focusId === step.id,
          stage: stages?.get(step.id) ?? null,
          onAdd: onAdd ?? null,
        },
      };
      const before = cache.current.get(step.id);
      next.set(step.id, before !== undefined && alike(before, node) ? before : node);
    }
    cache.current = next;
    return [...next.values()];
  }, [at, chosen, descriptors, focusId, onAdd, pick, pipeline, preview.data, problems, stages]);

  const edges = useMemo<Edge[]>(
    () =>
      pipeline.steps.flatMap((step) =>
        [...new Set(step.inputs)]
          .filter((from) => at.has(from))
          .map((from) => ({
            id: `${from}→${step.id}`,
            source: from,
            target: step.id,
            focusable: false,
            markerEnd: { type: MarkerType.ArrowClosed, color: 'var(--ink-soft)', width: 14, height: 14 },
          })),
      ),
    // eslint-disable-next-line -- the shape says all that edges depend on
    [shape, at],
  );

  const fit = useCallback(() => void flow.fitView(FIT), [flow]);
  const center = useCallback(
    (place: Place, zoom: number) => {
      if (box.current === null) return;
      const middle = middleOf(place, at, box.current.clientWidth / zoom, box.current.clientHeight / zoom);
      void flow.setCenter(middle.x, middle.y, { zoom });
    },
    [at, flow],
  );
  // All of it where it can be read, else what is around the chosen step, or where the graph begins.
  const start = useRef(focusId);
  start.current = focusId;
  const show = useCallback(() => {
    const place = at.get(start.current ?? '');
    if (box.current === null || place === undefined || zoomOfAll(at, box.current) >= LEGIBLE) fit();
    else center(place, NEAR);
  }, [at, center, fit]);
  useEffect(() => {
    const frame = requestAnimationFrame(show);
    return () => cancelAnimationFrame(frame);
  }, [show]);

  const reveal = (id: string) => {
    const place = at.get(id);
    if (place === undefined || box.current === null) return;
    const { x, y, zoom } = flow.getViewport();
    const left = place.x * zoom + x;
    const top = place.y * zoom + y;
    const out = left < 0 || top < 0 || left + NODE.width * zoom > box.current.clientWidth || top + NODE.height * zoom > box.current.clientHeight;
    if (out) center(place, zoom);
  };
  const focus = (id: string) => {
    requestAnimationFrame(() => box.current?.querySelector<HTMLElement>(`[data-node="${CSS.escape(id)}"]`)?.focus({ preventScroll: true }));
    reveal(id);
  };

  // The drawer and the YAML take room from the canvas: the chosen step stays in sight.
  const latest = useRef({ reveal, chosen });
  latest.current = { reveal, chosen };
  useEffect(() => {
    const element = box.current;
    if (element === null) return;
    const resized = new ResizeObserver(() => latest.current.reveal(latest.current.chosen));
    resized.observe(element);
    return () => resized.disconnect();
  }, []);

  const still = useRef(0);
  // A press that moves nothing has no end, so that only moves count.
  const moving = () => {
    box.current?.setAttribute('data-moving', '');
    clearTimeout(still.current);
    still.current = window.setTimeout(() => box.current?.removeAttribute('data-moving'), STILL_MILLIS);
  };

  const remove = (id: string) => {
    const next = neighbour(pipeline, at, id, 'left') ?? neighbour(pipeline, at, id, 'right') ?? '';
    if (edit((text) => removeStep(text, id))) {
      choose(next);
      if (next !== '') focus(next);
    }
  };

  const pressed = (event: KeyboardEvent) => {
    const target = event.target as HTMLElement;
    if (target.dataset['node'] === undefined || event.metaKey || event.ctrlKey || event.altKey) return;
    const id = target.dataset['node'];
    const direction = ARROWS[event.key];
    if (direction !== undefined) {
      event.preventDefault();
      const next = neighbour(pipeline, at, id, direction);
      if (next !== undefined) {
        choose(next);
        focus(next);
      }
    } else if ((event.key === 'Delete' || event.key === 'Backspace') && !readOnly) {
      event.preventDefault();
      remove(id);
    } else if (event.key === 'Escape') {
      onClose?.();
    }
  };

  const several = (id: string) => (descriptors.get(pipeline.steps.find((step) => step.id === id)?.type ?? '')?.ports.most_inputs ?? 1) > 1;
  const connected = ({ source, target }: Connection) => edit((text) => connect(text, source, target, several(target)));

  return (
    <div ref={box} className={classes.canvas} role="group" aria-label="Canvas of steps. Arrow keys move, Enter opens, A adds." onKeyDown={pressed} data-canvas data-far={far || undefined} data-tiny={tiny || undefined}>
      <ReactFlow
        nodes={nodes}
        edges={edges}
        nodeTypes={NODE_TYPES}
        onInit={show}
        onMove={(event) => event !== null && moving()}
        onPaneClick={() => onClose?.()}
        // Without it, nodes that can be neither selected nor dragged let the pointer through.
        onNodeClick={(_, node) => pick(node.id)}
        onConnect={connected}
        isValidConnection={({ source, target }) => source !== target}
        onEdgeDoubleClick={(_, edge) => !readOnly && edit((text) => disconnect(text, edge.source, edge.target))}
        nodesDraggable={false}
        nodesConnectable={!readOnly}
        nodesFocusable={false}
        edgesFocusable={false}
        elementsSelectable={false}
        disableKeyboardA11y
        deleteKeyCode={null}
        minZoom={0.1}
        maxZoom={1.6}
        onlyRenderVisibleElements={pipeline.steps.length > 60}
        proOptions={{ hideAttribution: true }}
      >
      </ReactFlow>
      <div className={classes.tools} role="toolbar" aria-label="Canvas">
        <Tooltip label="Zoom in">
          <ActionIcon variant="default" size={28} aria-label="Zoom in" onClick={() => void flow.zoomIn()}>
            <IconPlus size={15} aria-hidden />
          </ActionIcon>
        </Tooltip>
        <Tooltip label="Zoom out">
          <ActionIcon variant="default" size={28} aria-label="Zoom out" onClick={() => void flow.zoomOut()}>
            <IconMinus size={15} aria-hidden />
          </ActionIcon>
        </Tooltip>
        <Tooltip label="Show everything (L)">
          <ActionIcon variant="default" size={28} aria-label="Show everything" aria-keyshortcuts="L" data-layout onClick={fit}>
            <IconLayoutDistributeHorizontal size={15} aria-hidden />
          </ActionIcon>
        </Tooltip>
      </div>
    </div>
  );
}

function zoomOfAll(at: Map<string, Place>, element: HTMLElement): number {
  const { left, right, top, bottom } = boundsOf(at);
  const room = 1 - 2 * FIT.padding;
  return Math.min((element.clientWidth * room) / (right - left), (element.clientHeight * room) / (bottom - top));
}

function lost(counted: ReturnType<typeof counts>): string {
  if (counted === null) return '';
  const parts: [number, string][] = [
    [counted.failed, 'failed'],
    [counted.dropped, 'dropped'],
    [counted.deleted, 'deleted'],
    [counted.unanswered, 'no answer'],
  ];
  return parts.filter(([count]) => count > 0).map(([count, word]) => `${count} ${word}`).join(', ');
}

function alike(a: StepNodeType, b: StepNodeType): boolean {
  if (a.position.x !== b.position.x || a.position.y !== b.position.y) return false;
  return Object.keys(b.data).every((key) => Object.is(a.data[key], b.data[key]) || (key === 'stage' && a.data.stage?.word === b.data.stage?.word));
}
