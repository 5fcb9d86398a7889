import { Autocomplete } from '@mantine/core';
import { Link } from 'react-router';
import { setInStep, type Step } from './document';
import { checkedStep, useBuilder } from './model';
import { useComplaint } from './SchemaForm';
import { useSources } from './useSources';
import classes from './StepDrawer.module.css';

/** Which Source a step reads, and what that has. */
export function SourcePicker({ step }: { step: Step }) {
  const { edit, check } = useBuilder();
  const { names } = useSources(step.type, 50);
  const complaint = useComplaint(step, ['source']);
  const columns = checkedStep(check.data, step.id)?.columns ?? [];
  return (
    <>
      <Autocomplete
        label="Source"
        value={step.type}
        error={complaint}
        data={names}
        filter={({ options }) => options}
        limit={50}
        onChange={(name) => edit((text) => setInStep(text, step.id, ['source'], name), true)}
      />
      {step.type !== '' && (
        <Link to={`/sources/${encodeURIComponent(step.type)}`} className={classes.link}>
          See it in the catalog
        </Link>
      )}
      {columns.length > 0 && (
        <div className={classes.setting}>
          <div className={classes.label}>
            Fields <span className={classes.count}>{columns.length}</span>
          </div>
          <ul className={classes.fields}>
            {columns.map((column) => (
              <li key={column.name} title={column.doc}>
                <span className={classes.mono}>{column.name}</span>
                <span className={classes.type}>{column.key ? `${column.type}, key` : column.type}</span>
              </li>
            ))}
          </ul>
        </div>
      )}
    </>
  );
}
