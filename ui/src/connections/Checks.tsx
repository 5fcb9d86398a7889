import { Button } from '@mantine/core';
import { IconAlertTriangleFilled, IconCircleCheck, IconCircleDashed, IconCircleXFilled, IconLoader2, IconMinus, IconRefresh } from '@tabler/icons-react';
import { Failure } from '../parts/States';
import { Snippet } from '../parts/Copy';
import type { CheckStep, Checkup } from './checkup';
import classes from './Checks.module.css';
import { remedyOf } from './remedy';

/** Checks in the order in which they are made, for those that have not been yet. */
const ORDER: [CheckStep['check'], string][] = [
  ['SECRET', 'Secrets are there'],
  ['REACH', 'Server answers'],
  ['ENCRYPTION', 'Encryption'],
  ['LOGIN', 'Login'],
  ['VERSION', 'Version'],
  ['PRIMARY', 'Primary server'],
  ['WAL_LEVEL', 'Log level (wal_level)'],
  ['REPLICATION_RIGHT', 'Right to replicate'],
  ['SLOT', 'Replication slot'],
  ['SENDER', 'Log sender (max_wal_senders)'],
  ['FUNCTIONS', 'Functions'],
  ['PUBLICATION', 'Publication'],
  ['RETENTION', 'Log limit (max_slot_wal_keep_size)'],
  ['SETTINGS', 'Other settings'],
  ['TABLES', 'Tables'],
];

const LOOKS = {
  OK: { word: 'Fine', Icon: IconCircleCheck },
  WARNING: { word: 'Could be better', Icon: IconAlertTriangleFilled },
  FAILED: { word: 'Failed', Icon: IconCircleXFilled },
  SKIPPED: { word: 'Not checked', Icon: IconMinus },
};

/** Each check as it comes in; what failed says why, and what to run. */
export function Checks({ checkup: { steps, state, error, capturable }, again }: { checkup: Checkup; again: () => void }) {
  const done = new Map(steps.map((step) => [step.check, step]));
  const current = state === 'running' ? ORDER.find(([check]) => !done.has(check))?.[0] : undefined;
  const failed = steps.filter((step) => step.state === 'FAILED').length;
  return (
    <div className={classes.checks}>
      {error && <Failure error={error} what="check the database" again={again} />}
      <ol className={classes.list} aria-label="Checks">
        {ORDER.filter(([check]) => done.has(check) || state === 'running').map(([check, title]) => {
          const step = done.get(check);
          return step === undefined ? (
            <li key={check} className={classes.check} data-state={check === current ? 'RUNNING' : 'WAITING'}>
              {check === current ? <IconLoader2 size={15} aria-hidden className={classes.turning} /> : <IconCircleDashed size={15} aria-hidden />}
              <span className={classes.title}>{title}</span>
              <span className={classes.fact}>{check === current ? 'checking…' : ''}</span>
            </li>
          ) : (
            <Step key={check} step={step} />
          );
        })}
      </ol>
      <div className={classes.verdict} role="status">
        {state === 'ended' && error === null && (
          <>
            <span data-tone={capturable ? 'healthy' : 'failed'}>
              {capturable
                ? 'The database can be captured.'
                : failed === 1
                  ? 'One check failed. Mend it, then check again.'
                  : `${failed} checks failed. Mend them, then check again.`}
            </span>
            {!capturable && (
              <Button variant="default" leftSection={<IconRefresh size={14} aria-hidden />} onClick={again}>
                Check again
              </Button>
            )}
          </>
        )}
      </div>
    </div>
  );
}

function Step({ step }: { step: CheckStep }) {
  const { word, Icon } = LOOKS[step.state];
  const messages = [...step.problems.map((problem) => problem.message), ...step.advice];
  return (
    <li className={classes.check} data-state={step.state} data-check={step.check}>
      <Icon size={15} aria-hidden />
      <span className={classes.title}>{step.title}</span>
      <span className={classes.fact}>
        {step.state === 'OK' ? step.fact : word}
        <span className="visually-hidden">{step.state === 'OK' ? word : ''}</span>
      </span>
      {messages.length > 0 && (
        <div className={classes.why}>
          {messages.map((message) => (
            <Remedied key={message} message={message} />
          ))}
        </div>
      )}
    </li>
  );
}

/** A message with its statements to copy. */
export function Remedied({ message }: { message: string }) {
  const { cause, statements, rest } = remedyOf(message);
  return (
    <div className={classes.remedy}>
      <p>{cause}</p>
      {statements.length > 0 && <Snippet text={statements.join('\n')} label="Copy the SQL" />}
      {rest !== '' && <p>{rest}</p>}
    </div>
  );
}
