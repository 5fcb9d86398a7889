import { Button, Group, Modal } from '@mantine/core';
import { useState, type ReactNode } from 'react';
import { ApiError } from '../api/api';
import { Allowed } from './Allowed';
import { Failure } from './States';
import classes from './Confirm.module.css';

interface ConfirmProps {
  /** The button that asks. */
  label: string;
  icon?: ReactNode;
  /** As in `Pause movie_report?` */
  question: string;
  /** What it does to data and positions. */
  effect: ReactNode;
  /** On the button that does it; the first word of `label` is usual. */
  verb: string;
  action: () => Promise<unknown>;
  /** What can't be undone is red. */
  destructive?: boolean;
  /** A quiet button unless `primary`. */
  primary?: boolean;
  /** Why the one who is signed in may not; empty when they may. */
  whyNot?: string;
  /** Asks at once and has no button of its own, such as behind an entry of a menu. */
  asking?: boolean;
  onClose?: () => void;
  /** As wide as two documents beside each other. */
  wide?: boolean;
}

/** A button whose action says first what it does to data; a refusal stays in the dialog. */
export function Confirm({ label, icon, question, effect, verb, action, destructive = false, primary = false, whyNot = '', asking = false, onClose, wide = false }: ConfirmProps) {
  const [opened, setShown] = useState(asking);
  const setOpened = (open: boolean) => {
    setShown(open);
    if (!open) onClose?.();
  };
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<ApiError | null>(null);
  const act = async () => {
    setBusy(true);
    setError(null);
    try {
      await action();
      setOpened(false);
    } catch (failure) {
      if (!(failure instanceof ApiError)) throw failure;
      setError(failure);
    } finally {
      setBusy(false);
    }
  };
  return (
    <>
      {!asking && (
        <Allowed whyNot={whyNot}>
          <Button
            variant={primary ? 'filled' : 'default'}
            leftSection={icon}
            onClick={() => {
              setError(null);
              setOpened(true);
            }}
          >
            {label}
          </Button>
        </Allowed>
      )}
      <Modal opened={opened} onClose={() => setOpened(false)} title={question} {...(wide ? { size: 840 } : {})} closeButtonProps={{ 'aria-label': 'Close' }}>
        <div className={classes.body}>
          <div className={classes.effect}>{effect}</div>
          {error && <Failure error={error} what={`${verb.toLowerCase()} it`} />}
          <Group justify="flex-end">
            <Button variant="default" onClick={() => setOpened(false)}>
              Cancel
            </Button>
            <Button color={destructive ? 'red' : 'blue'} loading={busy} onClick={() => void act()} data-autofocus>
              {verb}
            </Button>
          </Group>
        </div>
      </Modal>
    </>
  );
}
