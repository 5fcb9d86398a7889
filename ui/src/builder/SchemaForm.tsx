import { Button, Checkbox, NativeSelect, TextInput } from '@mantine/core';
import { IconChevronDown, IconChevronRight } from '@tabler/icons-react';
import { useState } from 'react';
import { useRead } from '../api/useApi';
import { FieldTicks } from './FieldTicks';
import { GraphqlSetting } from './GraphqlSetting';
import { MapSetting } from './MapSetting';
import { PredicateEditor } from './PredicateEditor';
import { setInStep, type Step, type Value } from './document';
import { inputColumns, partOf, shortly, stepOf, useBuilder } from './model';
import type { ConfigSchema, Descriptor } from './types';
import classes from './StepDrawer.module.css';

interface SchemaFormProps {
  step: Step;
  descriptor: Descriptor;
}

/** A form made of what a processor says of its config: what it can't do without first, the rest folded. */
export function SchemaForm({ step, descriptor }: SchemaFormProps) {
  const [more, setMore] = useState(false);
  const properties = Object.entries(descriptor.config.properties ?? {});
  const required = new Set(descriptor.config.required ?? []);
  // Matching rows with answers is needed as soon as many share a request, which a graph's query usually does.
  const early = new Set([...required, ...(required.has('query') ? ['match'] : [])]);
  const rest = properties.filter(([name]) => !early.has(name));
  const set = rest.filter(([name]) => step.config[name] !== undefined).length;
  return (
    <div className={classes.form}>
      {properties
        .filter(([name]) => early.has(name))
        .map(([name, schema]) => (
          <SettingField key={name} step={step} path={['config', name]} schema={schema} required={required.has(name)} />
        ))}
      {rest.length > 0 && (
        <>
          <Button
            variant="subtle"
            color="gray"
            className={classes.fold ?? ''}
            aria-expanded={more}
            leftSection={more ? <IconChevronDown size={14} aria-hidden /> : <IconChevronRight size={14} aria-hidden />}
            onClick={() => setMore(!more)}
          >
            {rest.length} more {rest.length === 1 ? 'setting' : 'settings'}
            {set > 0 ? `, ${set} set` : ''}
          </Button>
          {more &&
            rest.map(([name, schema]) => (
              <SettingField key={name} step={step} path={['config', name]} schema={schema} required={false} />
            ))}
        </>
      )}
    </div>
  );
}

interface FieldProps {
  step: Step;
  path: string[];
  schema: ConfigSchema;
  required: boolean;
}

/** What is wrong with a part of a step, in words; undefined when nothing is. */
export function useComplaint(step: Step, path: string[]): string | undefined {
  const { check, pipeline } = useBuilder();
  const part = path.join('.');
  const found = (check.data?.problems ?? []).filter(
    (problem) => stepOf(problem, pipeline)?.id === step.id && (partOf(problem) === part || partOf(problem).startsWith(`${part}.`) || partOf(problem).startsWith(`${part}[`)),
  );
  return found.length === 0 ? undefined : found.map(shortly).join(' ');
}

function SettingField(props: FieldProps) {
  const { step, path, schema, required } = props;
  const builder = useBuilder();
  const error = useComplaint(step, path);
  const value = path.slice(1).reduce<unknown>((at, key) => (at as Record<string, unknown> | undefined)?.[key], step.config);
  const label = schema.title ?? path.at(-1) ?? '';
  const set = (next: Value | undefined, typed = true) => builder.edit((text) => setInStep(text, step.id, path, next), typed);
  const common = { label, description: schema.description, error, required };

  if (schema.type === 'object' && schema.properties) return <Nested {...props} />;
  if (schema.type === 'object') return <MapSetting step={step} path={path} schema={schema} value={(value ?? {}) as Record<string, string>} error={error} required={required} />;
  if (schema.type === 'array') {
    return (
      <FieldTicks
        label={label}
        description={schema.description ?? ''}
        error={error}
        columns={inputColumns(builder, step)}
        ticked={Array.isArray(value) ? value.map(String) : []}
        onChange={(next) => set(next.length === 0 && !required ? undefined : next, false)}
      />
    );
  }
  if (schema.format === 'sql-predicate') {
    return <PredicateEditor {...common} value={text(value)} columns={inputColumns(builder, step)} example={text(schema.examples?.[0])} onChange={(next) => set(next)} />;
  }
  if (schema.format === 'graphql') return <GraphqlSetting step={step} value={text(value)} error={error} description={schema.description ?? ''} />;
  if (schema.format === 'endpoint') return <EndpointSetting {...common} value={text(value)} onChange={(next) => set(next, false)} />;
  if (schema.enum) {
    const standard = text(schema.default);
    return (
      <NativeSelect
        {...common}
        value={text(value)}
        data={[{ value: '', label: standard === '' ? 'Not said' : `${standard} (unless said otherwise)` }, ...schema.enum.filter((word) => word !== standard || value !== undefined).map((word) => ({ value: word, label: word }))]}
        onChange={(event) => set(event.currentTarget.value === '' ? undefined : event.currentTarget.value, false)}
      />
    );
  }
  if (schema.type === 'boolean') {
    return <Checkbox label={label} description={schema.description} checked={value === true} onChange={(event) => set(event.currentTarget.checked ? true : undefined, false)} />;
  }
  const whole = schema.type === 'integer';
  return (
    <TextInput
      {...common}
      value={text(value)}
      inputMode={whole ? 'numeric' : 'text'}
      placeholder={text(schema.default ?? schema.examples?.[0])}
      onChange={(event) => {
        const next = event.currentTarget.value;
        set(next === '' && !required ? undefined : whole && /^\d+$/.test(next) ? Number(next) : next);
      }}
    />
  );
}

function text(value: unknown): string {
  return value === undefined || value === null ? '' : typeof value === 'object' ? JSON.stringify(value) : String(value);
}

function Nested({ step, path, schema }: FieldProps) {
  return (
    <fieldset className={classes.nested}>
      <legend>{schema.title}</legend>
      <p>{schema.description}</p>
      {Object.entries(schema.properties ?? {}).map(([name, inner]) => (
        <SettingField key={name} step={step} path={[...path, name]} schema={inner} required={false} />
      ))}
    </fieldset>
  );
}

interface EndpointProps {
  label: string;
  description: string | undefined;
  error: string | undefined;
  required: boolean;
  value: string;
  onChange: (value: string) => void;
}

function EndpointSetting({ value, onChange, ...common }: EndpointProps) {
  const endpoints = useRead('/api/v1/{kind}', { path: { kind: 'endpoints' }, query: { proof: false } });
  const names = (endpoints.data?.items ?? []).map((item) => item.name);
  const all = value === '' || names.includes(value) ? names : [value, ...names];
  return (
    <NativeSelect
      {...common}
      value={value}
      data={[{ value: '', label: names.length === 0 ? 'No endpoint is declared' : 'Choose a graph', disabled: true }, ...all]}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  );
}
