import { IconAlertTriangle, IconCircleCheck } from '@tabler/icons-react';
import { Failure } from '../parts/States';
import { shortly, stepOf, useBuilder } from './model';
import type { Problem } from './types';
import classes from './ProblemsPanel.module.css';

/** Everything that is wrong, each with its step and line; a click goes there. */
export function ProblemsPanel({ go }: { go: (problem: Problem) => void }) {
  const { check, pipeline } = useBuilder();
  const problems = check.data?.problems ?? [];
  const waiting = check.data?.waiting_for ?? [];
  return (
    <section className={classes.panel} aria-label="Problems" aria-busy={check.pending}>
      {check.error && <Failure error={check.error} what="check the pipeline" effect="What you wrote stays as it is." />}
      {problems.length === 0 && !check.error && (
        <p className={classes.none}>
          <IconCircleCheck size={15} aria-hidden /> {check.data === null ? 'Checking…' : 'No problems: it can be deployed.'}
        </p>
      )}
      {waiting.length > 0 && <p className={classes.none}>It waits for {waiting.join(', ')}, which {waiting.length === 1 ? 'is' : 'are'} not captured yet.</p>}
      <ul className={classes.list}>
        {problems.map((problem, i) => {
          const step = stepOf(problem, pipeline);
          const line = problem.place.line ?? 0;
          return (
            <li key={i}>
              <button type="button" className={classes.problem} onClick={() => go(problem)}>
                <IconAlertTriangle size={14} aria-hidden />
                <span className={classes.where}>
                  {step?.id ?? 'document'}
                  {line > 0 && <span className={classes.line}>line {line}</span>}
                </span>
                <span>{shortly(problem)}</span>
                <code className={classes.code}>{problem.code}</code>
              </button>
            </li>
          );
        })}
      </ul>
    </section>
  );
}
