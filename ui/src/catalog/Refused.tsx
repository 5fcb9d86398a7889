import { Button } from '@mantine/core';
import type { ApiError } from '../api/api';
import { Failure, Notice } from '../parts/States';

/** What was not saved: because somebody else saved first, or for what the server says. */
export function Refused({ error, what, close }: { error: ApiError; what: string; close: () => void }) {
  if (error.code !== 'CONFLICT') return <Failure error={error} what={what} />;
  return (
    <Notice tone="blocked" title="Somebody else changed it meanwhile">
      <p>Nothing of theirs was overwritten, and what you wrote still stands here. Look at theirs, then write yours again.</p>
      <Button variant="default" onClick={close}>
        Show theirs
      </Button>
    </Notice>
  );
}
