import { autocompletion, type CompletionContext } from '@codemirror/autocomplete';
import { Button, Checkbox, NativeSelect } from '@mantine/core';
import { IconChevronDown, IconChevronRight } from '@tabler/icons-react';
import { useMemo, useRef, useState } from 'react';
import { CodeEditor } from '../parts/CodeEditor';
import { read, setInStep, type Step } from './document';
import { inputColumns, useBuilder } from './model';
import { addPath, columnFor, roots, written, type GraphField } from './query';
import { useGraph, useOutline } from './useOutline';
import type { Graph } from './types';
import classes from './StepDrawer.module.css';

interface GraphqlSettingProps {
  step: Step;
  value: string;
  error: string | undefined;
  description: string;
}

/** A query: picked from what the graph offers, or written; response fields are ticked. */
export function GraphqlSetting({ step, value, error, description }: GraphqlSettingProps) {
  const builder = useBuilder();
  const { graph, error: unknown } = useGraph(step);
  const outline = useOutline(step);
  const offered = graph === null ? [] : roots(graph);
  const known = useRef<Graph | null>(graph);
  known.current = graph;
  const extensions = useMemo(() => [autocompletion({ override: [(context: CompletionContext) => complete(context, known.current)] })], []);
  const pick = (name: string) => {
    const root = offered.find((each) => each.field.name === name);
    if (root === undefined || graph === null) return;
    const columns = inputColumns(builder, step);
    const made = written(graph, root, columns.map((column) => column.name), columns.filter((column) => column.key).map((column) => column.name));
    builder.edit((text) => {
      let next = setInStep(text, step.id, ['config', 'query'], made.query);
      next = setInStep(next, step.id, ['config', 'variables'], made.variables);
      next = setInStep(next, step.id, ['config', 'match'], root.many ? made.match : undefined);
      return setInStep(next, step.id, ['config', 'take'], undefined);
    });
  };
  const type = outline?.type || undefined;
  return (
    <div className={classes.setting}>
      <div className={classes.label}>Query</div>
      <p className={classes.description}>{description}</p>
      {typeof step.config['endpoint'] === 'string' && (
        <NativeSelect
          aria-label="Pick a query"
          value=""
          data={[
            { value: '', label: unknown ? 'What the graph offers is not known' : graph === null ? 'Asking the graph…' : 'Pick a query of the graph' },
            ...offered.map(({ field, many }) => ({ value: field.name, label: `${field.name}: ${field.type}${many ? ' (many rows share a request)' : ''}` })),
          ]}
          onChange={(event) => pick(event.currentTarget.value)}
        />
      )}
      {unknown && <p className={classes.error}>{unknown.problems[0]?.message}</p>}
      <CodeEditor
        label="Query"
        value={value}
        language="text"
        extensions={extensions}
        minHeight="104px"
        maxHeight="280px"
        onChange={(next) => builder.edit((text) => setInStep(text, step.id, ['config', 'query'], next), true)}
      />
      {error && (
        <p className={classes.error} role="alert">
          {error}
        </p>
      )}
      {graph !== null && type !== undefined && <Response step={step} graph={graph} type={type} query={value} />}
    </div>
  );
}

/** The fields of an answer, to be ticked. */
function Response({ step, graph, type, query }: { step: Step; graph: Graph; type: string; query: string }) {
  const builder = useBuilder();
  const take = (step.config['take'] ?? {}) as Record<string, string>;
  const taken = new Map(Object.entries(take).map(([name, path]) => [path, name]));
  const toggle = (path: string, on: boolean) =>
    builder.edit((text) => {
      if (!on) {
        const name = taken.get(path);
        return name === undefined ? text : setInStep(text, step.id, ['config', 'take', name], undefined);
      }
      const asked = addPath(query, path.split('.'));
      const next = asked === null || asked === query ? text : setInStep(text, step.id, ['config', 'query'], asked);
      const names = [...inputColumns(builder, step).map((column) => column.name), ...Object.keys(take)];
      const now = (read(next).steps.find((each) => each.id === step.id)?.config['take'] ?? {}) as Record<string, string>;
      return setInStep(next, step.id, ['config', 'take'], { ...now, [columnFor(path, names)]: path });
    });
  return (
    <div role="group" aria-label="Fields of the answer" className={classes.ticks}>
      <div className={classes.label}>
        Fields of the answer <span className={classes.count}>{taken.size} taken</span>
      </div>
      <p className={classes.description}>Ticked ones become new fields of the row, and the query asks for them.</p>
      <div className={classes.tickList}>
        <Leaves graph={graph} type={type} prefix="" depth={0} taken={taken} toggle={toggle} />
      </div>
    </div>
  );
}

interface LeavesProps {
  graph: Graph;
  type: string;
  prefix: string;
  depth: number;
  taken: ReadonlyMap<string, string>;
  toggle: (path: string, on: boolean) => void;
}

function Leaves({ graph, type, prefix, depth, taken, toggle }: LeavesProps) {
  const fields = graph.types.find((each) => each.name === type)?.fields ?? [];
  const usable = fields.filter((field) => field.args.every((arg) => !arg.required));
  return usable.map((field) => {
    const path = prefix + field.name;
    const inner = graph.types.find((each) => each.name === field.of);
    if ((inner?.fields.length ?? 0) > 0) {
      return <Branch key={path} graph={graph} field={field} path={path} depth={depth} taken={taken} toggle={toggle} />;
    }
    if (inner?.kind === 'union') return null;
    return (
      <Checkbox
        key={path}
        checked={taken.has(path)}
        label={
          <span className={classes.tick} title={field.doc}>
            <span className={classes.mono}>{field.name}</span>{' '}
            <span className={classes.type}>{taken.has(path) ? `as ${taken.get(path)}` : field.type}</span>
          </span>
        }
        onChange={(event) => toggle(path, event.currentTarget.checked)}
      />
    );
  });
}

function Branch({ graph, field, path, depth, taken, toggle }: Omit<LeavesProps, 'type' | 'prefix'> & { field: GraphField; path: string }) {
  const inside = [...taken.keys()].some((each) => each.startsWith(`${path}.`));
  const [opened, setOpened] = useState(inside);
  if (depth > 4) return null;
  return (
    <div className={classes.branch}>
      <Button
        variant="subtle"
        color="gray"
        className={classes.fold ?? ''}
        aria-expanded={opened}
        leftSection={opened ? <IconChevronDown size={13} aria-hidden /> : <IconChevronRight size={13} aria-hidden />}
        onClick={() => setOpened(!opened)}
      >
        <span className={classes.mono}>{field.name}</span>&nbsp;<span className={classes.type}>{field.type}</span>
      </Button>
      {opened && (
        <div className={classes.leaves}>
          <Leaves graph={graph} type={field.of} prefix={`${path}.`} depth={depth + 1} taken={taken} toggle={toggle} />
        </div>
      )}
    </div>
  );
}

/** The graph's fields by name; which type stands at the cursor is left to the check. */
function complete(context: CompletionContext, graph: Graph | null) {
  const word = context.matchBefore(/\w+/);
  if (graph === null || (word === null && !context.explicit)) return null;
  const seen = new Map<string, string>();
  for (const type of graph.types) {
    if (type.kind !== 'object' && type.kind !== 'interface') continue;
    for (const field of type.fields) seen.set(field.name, `${type.name} ${field.type}`);
  }
  return { from: word?.from ?? context.pos, options: [...seen].map(([label, detail]) => ({ label, detail, type: 'property' })) };
}
