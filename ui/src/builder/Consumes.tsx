import { Radio } from '@mantine/core';
import { useState } from 'react';
import { FieldTicks } from './FieldTicks';
import { setInStep, type Step } from './document';
import { checkedStep, inputColumns, useBuilder } from './model';
import { useComplaint } from './SchemaForm';
import type { Descriptor } from './types';
import classes from './StepDrawer.module.css';

/** Which fields the step takes: all, also those that come later, or the ticked ones. */
export function Consumes({ step, descriptor }: { step: Step; descriptor: Descriptor | undefined }) {
  const builder = useBuilder();
  const columns = inputColumns(builder, step);
  const needed = new Map((checkedStep(builder.check.data, step.id)?.consumed ?? []).map((name) => [name, 'its settings name it']));
  const complaint = useComplaint(step, ['consumes']);
  const said = step.consumes === undefined ? 'default' : step.consumes === 'all' ? 'all' : 'ticked';
  // What was ticked is still there when one looks at the other choices and comes back.
  const [before, setBefore] = useState<string[]>([]);
  const set = (value: 'all' | string[] | undefined) => builder.edit((text) => setInStep(text, step.id, ['consumes'], value));
  const chosen = (next: string) => {
    if (Array.isArray(step.consumes)) setBefore(step.consumes);
    if (next === 'default') set(undefined);
    else if (next === 'all') set('all');
    else set(before.length > 0 ? before : columns.map((column) => column.name));
  };
  const explicit = descriptor?.evolution === 'EXPLICIT';
  return (
    <div className={classes.setting}>
      <Radio.Group label="Fields that it takes" value={said} onChange={chosen} error={complaint}>
        <div className={classes.radios}>
          <Radio
            value="default"
            label={explicit ? 'What its settings name' : 'Every field; nothing said about new ones'}
            description={explicit ? 'New fields of the Source don’t reach the steps behind it.' : 'As steps of this kind do unless told otherwise.'}
          />
          <Radio value="all" label="All fields, and future ones (opt in)" description="A field that appears upstream flows through by itself, and tables get its column." />
          <Radio value="ticked" label="Only ticked fields (opt out)" description="Others are not read: dropping or changing them never disturbs this step." />
        </div>
      </Radio.Group>
      {Array.isArray(step.consumes) && (
        <FieldTicks label="Consumed fields" description="The key and what the settings name come along." columns={columns} ticked={step.consumes} needed={needed} onChange={(next) => set(next)} />
      )}
    </div>
  );
}
