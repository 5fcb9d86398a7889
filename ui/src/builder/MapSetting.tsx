import { ActionIcon, Button, NativeSelect, TextInput } from '@mantine/core';
import { IconArrowRight, IconPlus, IconTrash } from '@tabler/icons-react';
import { setInStep, type Step } from './document';
import { inputColumns, useBuilder } from './model';
import { useOutline } from './useOutline';
import type { ConfigSchema } from './types';
import classes from './StepDrawer.module.css';

interface MapSettingProps {
  step: Step;
  path: string[];
  schema: ConfigSchema;
  value: Record<string, string>;
  error: string | undefined;
  required: boolean;
}

/** Names and what stands for them, such as variables and the fields that fill them. */
export function MapSetting({ step, path, schema, value, error }: MapSettingProps) {
  const builder = useBuilder();
  const outline = useOutline(step);
  const values = (schema as { additionalProperties?: ConfigSchema }).additionalProperties;
  const offered = (format: string | undefined): string[] | null => {
    if (format === 'field') return inputColumns(builder, step).map((column) => column.name);
    if (format === 'graphql-variable') return outline?.variables.map((variable) => variable.name) ?? null;
    if (format === 'graphql-path') return outline?.paths.map((each) => each.path) ?? null;
    return null;
  };
  const names = offered(schema.propertyNames?.format);
  const targets = offered(values?.format);
  const entries = Object.entries(value);
  const label = schema.title ?? path.at(-1) ?? '';
  const write = (next: [string, string][]) =>
    builder.edit((text) => setInStep(text, step.id, path, next.length === 0 ? undefined : Object.fromEntries(next)), true);
  const free = names?.filter((name) => !(name in value));
  const mark = (name: string) => (schema.propertyNames?.format === 'graphql-variable' ? `$${name}` : name);
  const grow = () => {
    const name = free?.[0] ?? unused(value);
    write([...entries, [name, targets?.[0] ?? '']]);
  };
  return (
    <div role="group" aria-label={label} className={classes.setting}>
      <div className={classes.label}>{label}</div>
      <p className={classes.description}>{schema.description}</p>
      {error && (
        <p className={classes.error} role="alert">
          {error}
        </p>
      )}
      {entries.map(([name, target], index) => (
        <div key={index} className={classes.pair}>
          <Word
            label={`${label}, name ${index + 1}`}
            value={name}
            words={names}
            show={mark}
            onChange={(next) => {
              if (!(next in value)) write(entries.map((entry, i) => (i === index ? [next, target] : entry)));
            }}
          />
          <IconArrowRight size={14} aria-hidden />
          <Word
            label={`${label}, for ${name}`}
            value={target}
            words={targets}
            onChange={(next) => write(entries.map((entry, i) => (i === index ? [name, next] : entry)))}
          />
          <ActionIcon variant="subtle" color="gray" size={26} aria-label={`Remove ${name} of ${label}`} onClick={() => write(entries.filter((_, i) => i !== index))}>
            <IconTrash size={14} aria-hidden />
          </ActionIcon>
        </div>
      ))}
      {(free === undefined || free.length > 0 || entries.length === 0) && (
        <Button variant="subtle" color="gray" className={classes.grow ?? ''} leftSection={<IconPlus size={14} aria-hidden />} onClick={grow}>
          Add to {label.toLowerCase()}
        </Button>
      )}
    </div>
  );
}

function unused(value: Record<string, string>): string {
  for (let i = 1; ; i++) if (!(`field_${i}` in value)) return `field_${i}`;
}

interface WordProps {
  label: string;
  value: string;
  words: string[] | null;
  show?: (word: string) => string;
  onChange: (value: string) => void;
}

/** One of some words where they are known, else any text. */
function Word({ label, value, words, show = (word) => word, onChange }: WordProps) {
  if (words === null || words.length === 0) {
    return <TextInput aria-label={label} value={value} onChange={(event) => onChange(event.currentTarget.value)} />;
  }
  const all = words.includes(value) ? words : [value, ...words];
  return (
    <NativeSelect
      aria-label={label}
      value={value}
      data={all.map((word) => ({ value: word, label: word === '' ? 'Choose' : show(word) }))}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  );
}
