import { Button } from '@mantine/core';
import { IconPlugConnected } from '@tabler/icons-react';
import { Link } from 'react-router';
import { useWhyNot } from '../access/whyNot';
import { Allowed } from '../parts/Allowed';

/** Leads to the form for a connection. */
export function AddConnection({ label = 'Add a connection' }: { label?: string }) {
  const whyNot = useWhyNot();
  return (
    <Allowed whyNot={whyNot('post', '/api/v1/apply')}>
      <Button component={Link} to="/connections/new" leftSection={<IconPlugConnected size={14} aria-hidden />}>
        {label}
      </Button>
    </Allowed>
  );
}
