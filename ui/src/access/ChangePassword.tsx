import { Button, Group, Modal, PasswordInput } from '@mantine/core';
import { useState, type FormEvent } from 'react';
import { ApiError, send, setCsrf } from '../api/api';
import { queries } from '../api/useApi';
import { watch } from '../api/watch';
import { Failure, Notice } from '../parts/States';
import classes from './Access.module.css';

/** Changes the own password; every other session ends. */
export function ChangePassword({ opened, close }: { opened: boolean; close: () => void }) {
  const [old, setOld] = useState('');
  const [password, setPassword] = useState('');
  const [error, setError] = useState<ApiError | null>(null);
  const [done, setDone] = useState(false);
  const [busy, setBusy] = useState(false);
  const end = () => {
    setOld('');
    setPassword('');
    setError(null);
    setDone(false);
    close();
  };
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    setError(null);
    try {
      const session = await send('post', '/api/v1/session/password', { body: { old, password } });
      setCsrf(session.csrf ?? '');
      queries.setQueryData(['/api/v1/session'], session);
      watch.reopen();
      setDone(true);
    } catch (failure) {
      if (!(failure instanceof ApiError)) throw failure;
      setError(failure);
    } finally {
      setBusy(false);
    }
  };
  return (
    <Modal opened={opened} onClose={end} title="Change password" closeButtonProps={{ 'aria-label': 'Close' }}>
      {done ? (
        <div className={classes.stack}>
          <Notice tone="healthy" title="Your password is changed">
            Sessions in other browsers have ended.
          </Notice>
          <Group justify="flex-end">
            <Button onClick={end}>Done</Button>
          </Group>
        </div>
      ) : (
        <form className={classes.stack} onSubmit={(event) => void submit(event)}>
          <PasswordInput
            label="Password until now"
            autoComplete="current-password"
            required
            withAsterisk={false}
            data-autofocus
            value={old}
            onChange={(event) => setOld(event.currentTarget.value)}
          />
          <PasswordInput
            label="New password"
            description="At least 12 characters."
            autoComplete="new-password"
            required
            withAsterisk={false}
            value={password}
            onChange={(event) => setPassword(event.currentTarget.value)}
          />
          {error && <Failure error={error} what="change the password" effect="The password is the same as before." />}
          <Group justify="flex-end">
            <Button variant="default" onClick={end}>
              Cancel
            </Button>
            <Button type="submit" loading={busy}>
              Change
            </Button>
          </Group>
        </form>
      )}
    </Modal>
  );
}
