import { Checkbox, TextInput } from '@mantine/core';
import { useId, useState } from 'react';
import type { Column } from './types';
import classes from './StepDrawer.module.css';

interface FieldTicksProps {
  label: string;
  description: string;
  error?: string | undefined;
  columns: readonly Column[];
  ticked: readonly string[];
  /** Fields that are taken in any case, with why. */
  needed?: ReadonlyMap<string, string>;
  onChange: (ticked: string[]) => void;
}

const FINDS_FROM = 12;

/** Fields to tick; those that are named but not there stay shown, so that they can be taken away. */
export function FieldTicks({ label, description, error, columns, ticked, needed, onChange }: FieldTicksProps) {
  const [find, setFind] = useState('');
  const id = useId();
  const gone = ticked.filter((name) => !columns.some((column) => column.name === name));
  const shown = columns.filter((column) => column.name.toLowerCase().includes(find.toLowerCase()));
  const toggle = (name: string, on: boolean) => onChange(on ? [...ticked, name] : ticked.filter((each) => each !== name));
  return (
    <div role="group" aria-labelledby={id} className={classes.ticks}>
      <div id={id} className={classes.label}>
        {label} <span className={classes.count}>{`${ticked.filter((name) => !gone.includes(name)).length} of ${columns.length}`}</span>
      </div>
      <p className={classes.description}>{description}</p>
      {error && (
        <p className={classes.error} role="alert">
          {error}
        </p>
      )}
      {columns.length > FINDS_FROM && <TextInput aria-label={`Find among ${label}`} placeholder="Find a field" value={find} onChange={(event) => setFind(event.currentTarget.value)} />}
      <div className={classes.tickList}>
        {gone.map((name) => (
          <Checkbox key={name} checked label={<TickLabel name={name} note="its input does not have it" />} onChange={() => toggle(name, false)} />
        ))}
        {shown.map((column) => {
          const why = needed?.get(column.name) ?? (column.key ? 'key' : undefined);
          const forced = needed?.has(column.name) === true;
          return (
            <Checkbox
              key={column.name}
              checked={forced || ticked.includes(column.name)}
              disabled={forced}
              label={<TickLabel name={column.name} note={why ?? column.type} />}
              onChange={(event) => toggle(column.name, event.currentTarget.checked)}
            />
          );
        })}
        {columns.length === 0 && gone.length === 0 && <p className={classes.description}>Its fields are not known yet: let it read a step that works.</p>}
      </div>
    </div>
  );
}

function TickLabel({ name, note }: { name: string; note: string }) {
  return (
    <span className={classes.tick}>
      <span className={classes.mono}>{name}</span> <span className={classes.type}>{note}</span>
    </span>
  );
}
