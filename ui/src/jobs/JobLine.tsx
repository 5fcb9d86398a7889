import { Link } from 'react-router';
import { eta, jobPath, KINDS, speed, type Job } from './job';
import { JobProgress } from './JobProgress';
import classes from './JobLine.module.css';

/** A job in one line, as other pages show it. */
export function JobLine({ job }: { job: Job }) {
  return (
    <div className={classes.line}>
      <Link to={jobPath(job.id)}>
        {KINDS[job.kind]} of {job.what.name}
      </Link>
      <JobProgress job={job} />
      {job.rate !== undefined && <span className={classes.soft}>{speed(job)}</span>}
      {eta(job) && <span className={classes.soft}>{eta(job)}</span>}
    </div>
  );
}
