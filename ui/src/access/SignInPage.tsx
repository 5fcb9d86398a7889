import { useEffect, useState } from 'react';
import { useNavigate, useSearchParams } from 'react-router';
import { ApiError, send, setCsrf } from '../api/api';
import { queries, useRead } from '../api/useApi';
import { Mark } from '../shell/Mark';
import { Failure, Loading } from '../parts/States';
import { returnTo } from './returnTo';
import type { Session } from './session';
import { SignInForm } from './SignInForm';
import classes from './SignIn.module.css';

/** Why the identity provider's answer led to no session. */
const PROBLEMS: Record<string, string> = {
  denied: 'The sign-in was ended at your organization. Try again.',
  expired: 'The sign-in took too long, or was begun in another window. Try again.',
  refused: 'What your organization answered does not prove who you are. Try again, and tell an admin if it happens again.',
  unreachable: 'Your organization’s sign-in does not answer. Try again later, or sign in with a name and a password.',
  name_taken: 'Another account here has your name already. Ask an admin to rename or delete it.',
  disabled: 'Your account here is disabled. Ask an admin.',
  no_role: 'Your organization gives you no role here. Ask an admin.',
};

let code = '';

/** Takes the code of a link out of the address, so that it stands in no history. */
function takeCode(): string {
  const found = /^#code=([\w-]+)$/.exec(location.hash)?.[1];
  if (found !== undefined) {
    code = found;
    history.replaceState(history.state, '', location.pathname + location.search);
  }
  return code;
}

/** Where one proves who one is. */
export function SignInPage() {
  const [params] = useSearchParams();
  const navigate = useNavigate();
  const [link] = useState(takeCode);
  const [linkError, setLinkError] = useState('');
  const session = useRead('/api/v1/session');
  const to = returnTo(params.get('to'));
  const problem = params.get('problem');
  const done = (signedIn: Session) => {
    setCsrf(signedIn.csrf ?? '');
    queries.clear();
    queries.setQueryData(['/api/v1/session'], signedIn);
    void navigate(to, { replace: true });
  };
  useEffect(() => {
    document.title = 'Sign in: Backlot';
  }, []);
  useEffect(() => {
    if (code === '') return;
    const used = code;
    code = '';
    send('post', '/api/v1/session', { body: { code: used } }).then(done, (failure: unknown) =>
      setLinkError(failure instanceof ApiError ? failure.message : String(failure)),
    );
  });
  useEffect(() => {
    if (session.data?.signed_in && link === '' && problem === null) void navigate(to, { replace: true });
  }, [session.data, link, problem, navigate, to]);
  return (
    <main className={classes.page}>
      <div className={classes.card}>
        <h1 className={classes.title}>
          <Mark />
          Sign in to Backlot
        </h1>
        {linkError !== '' && (
          <p role="alert" className={classes.error}>
            {linkError}
          </p>
        )}
        {problem !== null && (
          <p role="alert" className={classes.error}>
            {PROBLEMS[problem] ?? PROBLEMS['refused']}
          </p>
        )}
        {session.data === undefined && session.error !== null ? (
          <Failure error={session.error} what="sign in" effect="Nothing was changed." again={() => void session.refetch()} />
        ) : link !== '' && linkError === '' ? (
          <Loading what="your session" rows={3} />
        ) : (
          <SignInForm to={to} provider={session.data?.provider} done={done} />
        )}
        <p className={classes.hint}>
          No account? An admin adds people under Settings. On the machine that runs Backlot, <code>./backlot sign-in-link</code> prints a
          link that signs you in.
        </p>
      </div>
    </main>
  );
}
