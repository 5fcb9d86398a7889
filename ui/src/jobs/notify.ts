import { useEffect, useRef, useState } from 'react';
import { isOpen, KINDS, STATES, type Job } from './job';

const ASKED = 'backlot.notify-jobs';

/** Whether people are told when a job ends, which their browser has to allow. */
export function useNotices() {
  const supported = typeof Notification !== 'undefined';
  const [on, setOn] = useState(() => supported && Notification.permission === 'granted' && localStorage.getItem(ASKED) === 'yes');
  const turn = async (wanted: boolean) => {
    if (wanted && Notification.permission !== 'granted' && (await Notification.requestPermission()) !== 'granted') {
      setOn(false);
      return;
    }
    localStorage.setItem(ASKED, wanted ? 'yes' : 'no');
    setOn(wanted);
  };
  return { supported, denied: supported && Notification.permission === 'denied', on, turn };
}

/** Tells of each job that was seen open and is not any more. */
export function useEndNotices(jobs: Job[] | undefined, on: boolean) {
  const open = useRef(new Set<string>());
  useEffect(() => {
    if (jobs === undefined) return;
    for (const job of jobs) {
      if (isOpen(job)) open.current.add(job.id);
      else if (open.current.delete(job.id) && on) {
        new Notification(`${KINDS[job.kind]} ${STATES[job.state].word.toLowerCase()}`, { body: job.what.name, tag: job.id });
      }
    }
  }, [jobs, on]);
}
