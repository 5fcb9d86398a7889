import { ActionIcon, Button, NativeSelect, TextInput, Tooltip } from '@mantine/core';
import { IconAlertTriangle, IconCopy, IconTrash, IconX } from '@tabler/icons-react';
import { useEffect, useRef, useState } from 'react';
import { Notice } from '../parts/States';
import { Consumes } from './Consumes';
import { copyStep, removeStep, renameStep, setInputs, setInStep, type Step } from './document';
import { iconOf } from './icons';
import { checkedStep, shortly, stepOf, useBuilder } from './model';
import { SchemaForm, useComplaint } from './SchemaForm';
import { SourcePicker } from './SourcePicker';
import classes from './StepDrawer.module.css';

/** Everything that a step says, one drawer deep. */
export function StepDrawer({ step, close }: { step: Step; close: () => void }) {
  const builder = useBuilder();
  const { descriptors, check, pipeline, edit, choose } = builder;
  const descriptor = descriptors.get(step.type);
  const Icon = iconOf(step.role, descriptor);
  const problems = (check.data?.problems ?? []).filter((problem) => stepOf(problem, pipeline)?.id === step.id);
  const notes = checkedStep(check.data, step.id)?.notes ?? [];
  const copy = () =>
    edit((text) => {
      const copied = copyStep(text, step.id);
      choose(copied.id);
      return copied.text;
    });
  const remove = () => {
    if (edit((text) => removeStep(text, step.id))) choose('');
  };
  return (
    <aside className={classes.drawer} aria-label={`Step ${step.id}`} onKeyDown={(event) => event.key === 'Escape' && !(event.target as HTMLElement).closest('.cm-editor') && close()}>
      <header className={classes.head}>
        <Icon size={18} stroke={1.6} aria-hidden />
        <h2>{step.role === 'source' ? 'Source' : (descriptor?.title ?? step.type)}</h2>
        <div className={classes.headActions}>
          <Tooltip label="Copy the step">
            <ActionIcon variant="subtle" color="gray" size={26} aria-label="Copy the step" onClick={copy}>
              <IconCopy size={15} aria-hidden />
            </ActionIcon>
          </Tooltip>
          <Tooltip label="Delete the step; undo brings it back">
            <ActionIcon variant="subtle" color="gray" size={26} aria-label="Delete the step" onClick={remove}>
              <IconTrash size={15} aria-hidden />
            </ActionIcon>
          </Tooltip>
          <ActionIcon variant="subtle" color="gray" size={26} aria-label="Close" onClick={close}>
            <IconX size={15} aria-hidden />
          </ActionIcon>
        </div>
      </header>
      <div className={classes.body}>
        {problems.length > 0 && (
          <ul className={classes.problems} aria-label="Problems of this step">
            {problems.map((problem, i) => (
              <li key={i}>
                <IconAlertTriangle size={14} aria-hidden />
                <span>
                  {shortly(problem)} {(problem.place.line ?? 0) > 0 && <span className={classes.type}>Line {problem.place.line}</span>}
                </span>
              </li>
            ))}
          </ul>
        )}
        <IdField step={step} />
        {step.role === 'source' ? <SourcePicker step={step} /> : <Reads step={step} />}
        {descriptor && <p className={classes.description}>{descriptor.description}</p>}
        {descriptor && <SchemaForm key={step.id} step={step} descriptor={descriptor} />}
        {step.role !== 'source' && descriptor === undefined && (
          <Notice tone="blocked" title={`There is no step '${step.type}' here`}>
            Its settings can be written in the YAML.
          </Notice>
        )}
        {step.role !== 'source' && <Consumes step={step} descriptor={descriptor} />}
        {step.role !== 'sink' && <Publish step={step} />}
        {notes.map((note) => (
          <p key={note} className={classes.description}>
            {note}
          </p>
        ))}
      </div>
    </aside>
  );
}

/** The step's id; references follow when it is another one. */
function IdField({ step }: { step: Step }) {
  const { edit, choose, pipeline } = useBuilder();
  const [draft, setDraft] = useState(step.id);
  useEffect(() => setDraft(step.id), [step.id]);
  const taken = draft !== step.id && pipeline.steps.some((other) => other.id === draft);
  const odd = !/^[a-z][a-z0-9_]*$/.test(draft);
  const complaint = useComplaint(step, ['id']);
  const error = taken ? 'Another step has this id.' : odd ? 'Small letters, digits and _; a letter first.' : complaint;
  const commit = () => {
    if (draft === step.id || taken || odd) return setDraft(step.id);
    if (edit((text) => renameStep(text, step.id, draft))) choose(draft);
  };
  return (
    <TextInput
      label="Id"
      description="Other steps name it; they follow when it changes."
      value={draft}
      error={error}
      onChange={(event) => setDraft(event.currentTarget.value)}
      onBlur={commit}
      onKeyDown={(event) => event.key === 'Enter' && commit()}
    />
  );
}

/** What the step reads: one step, or several. */
function Reads({ step }: { step: Step }) {
  const { pipeline, edit, descriptors } = useBuilder();
  const several = (descriptors.get(step.type)?.ports.most_inputs ?? 1) > 1;
  const complaint = useComplaint(step, ['from']);
  const able = pipeline.steps.filter((other) => other.role !== 'sink' && other.id !== step.id && !behind(step.id, other, pipeline.steps));
  const set = (next: string[]) => edit((text) => setInputs(text, step.id, next));
  if (!several) {
    const value = step.inputs[0] ?? '';
    const names = able.map((other) => other.id);
    return (
      <NativeSelect
        label="Reads"
        error={complaint ?? (value === '' ? 'Choose the step whose rows it takes.' : undefined)}
        value={value}
        data={[{ value: '', label: 'Nothing yet' }, ...(value === '' || names.includes(value) ? names : [value, ...names])]}
        onChange={(event) => set(event.currentTarget.value === '' ? [] : [event.currentTarget.value])}
      />
    );
  }
  return (
    <div role="group" aria-label="Reads" className={classes.setting}>
      <div className={classes.label}>Reads</div>
      {complaint && <p className={classes.error}>{complaint}</p>}
      {step.inputs.map((input, index) => (
        <div key={index} className={classes.pair}>
          <NativeSelect
            aria-label={`Input ${index + 1}`}
            value={input}
            data={[input, ...able.map((other) => other.id).filter((id) => !step.inputs.includes(id))]}
            onChange={(event) => set(step.inputs.map((each, i) => (i === index ? event.currentTarget.value : each)))}
          />
          <ActionIcon variant="subtle" color="gray" size={26} aria-label={`No longer read ${input}`} onClick={() => set(step.inputs.filter((_, i) => i !== index))}>
            <IconTrash size={14} aria-hidden />
          </ActionIcon>
        </div>
      ))}
      <NativeSelect
        aria-label="Read another step too"
        value=""
        data={[{ value: '', label: 'Read another step too' }, ...able.map((other) => other.id).filter((id) => !step.inputs.includes(id))]}
        onChange={(event) => event.currentTarget.value !== '' && set([...step.inputs, event.currentTarget.value])}
      />
    </div>
  );
}

/** Whether a step is fed by another one, so that reading it would go in a circle. */
function behind(id: string, other: Step, steps: readonly Step[]): boolean {
  const seen = new Set<string>();
  const visit = (step: Step): boolean =>
    step.inputs.includes(id) ||
    step.inputs.some((input) => {
      if (seen.has(input)) return false;
      seen.add(input);
      const next = steps.find((each) => each.id === input);
      return next !== undefined && visit(next);
    });
  return visit(other);
}

function Publish({ step }: { step: Step }) {
  const { edit } = useBuilder();
  const [opened, setOpened] = useState(step.publish !== '');
  const complaint = useComplaint(step, ['publish']);
  const field = useRef<HTMLInputElement>(null);
  if (!opened && step.publish === '') {
    return (
      <Button
        variant="subtle"
        color="gray"
        className={classes.fold ?? ''}
        onClick={() => {
          setOpened(true);
          requestAnimationFrame(() => field.current?.focus());
        }}
      >
        Publish its rows as a Source
      </Button>
    );
  }
  return (
    <TextInput
      ref={field}
      label="Publish as"
      description="The name of a Source that other pipelines can read."
      value={step.publish}
      error={complaint}
      onChange={(event) => {
        const name = event.currentTarget.value;
        edit((text) => setInStep(text, step.id, ['publish'], name === '' ? undefined : name), true);
      }}
    />
  );
}
