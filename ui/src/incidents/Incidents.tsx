import { UnstyledButton } from '@mantine/core';
import { IconAlertTriangleFilled, IconCheck, IconCircleXFilled, IconEyeCheck } from '@tabler/icons-react';
import { useState } from 'react';
import { absolute, ageSeconds, duration } from '../format/format';
import type { Incident, Live } from '../live/live';
import { acknowledge } from './acknowledge';
import classes from './Incidents.module.css';

/** What needs a person, the gravest first. Nothing is shown while nothing does. */
export function Incidents({ live, now }: { live: Live; now: number }) {
  const open = [...live.incidents].sort(byNeed);
  if (open.length === 0) return null;
  return (
    <section aria-labelledby="incidents" className={classes.section}>
      <h2 id="incidents" className={classes.title}>
        Needs you <span className={classes.count}>{open.length}</span>
      </h2>
      <ul className={classes.list}>
        {open.map((incident) => (
          <IncidentRow key={incident.id} incident={incident} now={now} />
        ))}
      </ul>
    </section>
  );
}

function IncidentRow({ incident, now }: { incident: Incident; now: number }) {
  const critical = incident.severity === 'critical';
  const Icon = critical ? IconCircleXFilled : IconAlertTriangleFilled;
  return (
    <li className={classes.row} data-severity={incident.severity} data-state={incident.state}>
      <span className={classes.mark} data-severity={incident.severity}>
        <Icon size={15} aria-hidden />
        {critical ? 'Critical' : 'Warning'}
      </span>
      <div className={classes.what}>
        <p className={classes.reason}>{incident.reason}</p>
        <p className={classes.facts}>
          {incident.subject.kind} <code>{incident.subject.name}</code> · {incident.owner || 'no owner'} ·{' '}
          <time dateTime={incident.since} title={absolute(incident.since)}>
            for {duration(ageSeconds(incident.since, now))}
          </time>
        </p>
      </div>
      <Acknowledgement incident={incident} />
    </li>
  );
}

/** Acknowledged means: somebody is at it. The word comes back with the live state, not from the click. */
function Acknowledgement({ incident }: { incident: Incident }) {
  const [asked, setAsked] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  if (incident.state !== 'open') {
    return (
      <span className={classes.done}>
        <IconEyeCheck size={15} aria-hidden />
        {incident.state === 'snoozed' ? 'Snoozed' : 'Acknowledged'}
      </span>
    );
  }
  const ask = async () => {
    setAsked(true);
    setProblem(null);
    const failed = await acknowledge(incident.id);
    setProblem(failed);
    if (failed !== null) setAsked(false);
  };
  return (
    <div className={classes.action}>
      <UnstyledButton className={classes.button} onClick={() => void ask()} disabled={asked}>
        <IconCheck size={14} aria-hidden />
        Acknowledge<span className="visually-hidden"> incident {incident.id}</span>
      </UnstyledButton>
      {problem !== null && (
        <p role="alert" className={classes.problem}>
          {problem}
        </p>
      )}
    </div>
  );
}

function byNeed(a: Incident, b: Incident): number {
  const rank = (i: Incident) => (i.state === 'open' ? 0 : 2) + (i.severity === 'critical' ? 0 : 1);
  return rank(a) - rank(b) || a.id - b.id;
}
