import { Button, PasswordInput, TextInput } from '@mantine/core';
import { IconBuilding } from '@tabler/icons-react';
import { useRef, useState, type FormEvent } from 'react';
import { ApiError, send } from '../api/api';
import type { Session } from './session';
import classes from './SignIn.module.css';

interface SignInFormProps {
  /** Who was signed in before. */
  name?: string;
  /** What the identity provider is called, when there is one. */
  provider?: string | undefined;
  /** Where the identity provider sends back to. */
  to: string;
  done: (session: Session) => void;
}

/** Name and password, or the organization's own sign-in. */
export function SignInForm({ name = '', provider, to, done }: SignInFormProps) {
  const [who, setWho] = useState(name);
  const [password, setPassword] = useState('');
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState('');
  const field = useRef<HTMLInputElement>(null);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    setError('');
    try {
      done(await send('post', '/api/v1/session', { body: { name: who.trim(), password } }));
    } catch (failure) {
      if (!(failure instanceof ApiError)) throw failure;
      setError(failure.message);
      setPassword('');
      field.current?.focus();
    } finally {
      setBusy(false);
    }
  };
  return (
    <div className={classes.ways}>
      <form className={classes.form} onSubmit={(event) => void submit(event)} aria-label="Sign in">
        {error !== '' && (
          <p role="alert" className={classes.error}>
            {error}
          </p>
        )}
        <TextInput
          label="Name"
          name="username"
          autoComplete="username"
          autoCapitalize="none"
          spellCheck={false}
          required
          withAsterisk={false}
          {...(name === '' ? { 'data-autofocus': true, autoFocus: true } : {})}
          value={who}
          onChange={(event) => setWho(event.currentTarget.value)}
        />
        <PasswordInput
          ref={field}
          label="Password"
          name="password"
          autoComplete="current-password"
          required
          withAsterisk={false}
          {...(name === '' ? {} : { 'data-autofocus': true, autoFocus: true })}
          visibilityToggleButtonProps={{ 'aria-label': 'Show the password' }}
          value={password}
          onChange={(event) => setPassword(event.currentTarget.value)}
        />
        <Button type="submit" loading={busy} fullWidth>
          Sign in
        </Button>
      </form>
      {provider !== undefined && (
        <>
          <p className={classes.or}>or</p>
          <Button
            component="a"
            variant="default"
            fullWidth
            href={`/api/v1/session/oidc?to=${encodeURIComponent(to)}`}
            leftSection={<IconBuilding size={16} aria-hidden />}
          >
            Continue with {provider}
          </Button>
        </>
      )}
    </div>
  );
}
