import { IconHourglassHigh } from '@tabler/icons-react';
import { Age } from '../parts/Age';
import { doneOf, isOpen, share, type Job } from './job';
import classes from './JobProgress.module.css';

/** How far a job is: a bar where the whole is known, words where it is not. */
export function JobProgress({ job, words = true }: { job: Job; words?: boolean }) {
  const part = share(job);
  return (
    <div className={classes.progress}>
      {part !== null && (
        <div
          className={classes.bar}
          role="progressbar"
          aria-label={`${job.id}: how far it is`}
          aria-valuemin={0}
          aria-valuemax={100}
          aria-valuenow={Math.round(part * 100)}
          data-state={job.state}
        >
          <div style={{ width: `${part * 100}%` }} />
        </div>
      )}
      {words && !job.still_since && <span>{doneOf(job) || (isOpen(job) ? job.phase : job.state === 'failed' ? job.reason : '')}</span>}
      {job.still_since && (
        <span className={classes.still}>
          <IconHourglassHigh size={13} aria-hidden /> No progress for <Age of={job.still_since} suffix="" />
        </span>
      )}
    </div>
  );
}
