import { Modal } from '@mantine/core';
import { useEffect, useRef, useState, type ReactNode } from 'react';
import { Navigate, useLocation } from 'react-router';
import { onSessionEnded, setCsrf } from '../api/api';
import { queries, useRead } from '../api/useApi';
import { watch } from '../api/watch';
import { Failure, Loading } from '../parts/States';
import { SessionContext, type Session } from './session';
import { SignInForm } from './SignInForm';
import classes from './SignIn.module.css';

/**
 * Shows what is inside to whoever is signed in. When the session ends while somebody works, the page stays as it is and
 * a sign-in is asked for over it.
 */
export function SignedIn({ children }: { children: ReactNode }) {
  const { data, error, refetch } = useRead('/api/v1/session', {}, { live: true });
  const [last, setLast] = useState<Session | null>(null);
  const [ended, setEnded] = useState(false);
  const { pathname, search, hash } = useLocation();
  useEffect(() => {
    if (data === undefined) return;
    setEnded(!data.signed_in);
    if (!data.signed_in) return;
    setCsrf(data.csrf ?? '');
    setLast(data);
  }, [data]);
  const asking = useRef(false);
  useEffect(
    () =>
      onSessionEnded(() => {
        if (asking.current) return;
        asking.current = true;
        void refetch().finally(() => (asking.current = false));
      }),
    [refetch],
  );
  if (data === undefined && last === null) {
    return error === null ? <Loading what="who you are" /> : <Failure error={error} what="find out who you are" again={() => refetch()} />;
  }
  if (last === null) {
    if (data?.signed_in) return null;
    const to = pathname + search + hash;
    return <Navigate to={to === '/' ? '/sign-in' : `/sign-in?to=${encodeURIComponent(to)}`} replace />;
  }
  return (
    <SessionContext value={last}>
      {children}
      <SessionEnded opened={ended} last={last} />
    </SessionContext>
  );
}

function SessionEnded({ opened, last }: { opened: boolean; last: Session }) {
  const again = (session: Session) => {
    // Another person must not see what the one before has read.
    if (session.name !== last.name) {
      location.reload();
      return;
    }
    setCsrf(session.csrf ?? '');
    queries.setQueryData(['/api/v1/session'], session);
    watch.reopen();
    void queries.invalidateQueries();
  };
  return (
    <Modal
      opened={opened}
      onClose={() => undefined}
      withCloseButton={false}
      closeOnEscape={false}
      closeOnClickOutside={false}
      size={400}
      title="Your session has ended"
    >
      <p className={classes.quiet}>Sign in to go on. The page stays as it is, and nothing that you have entered is lost.</p>
      <SignInForm name={last.name ?? ''} done={again} to={location.pathname + location.search + location.hash} provider={last.provider} />
    </Modal>
  );
}
