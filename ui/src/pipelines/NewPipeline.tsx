import { Button } from '@mantine/core';
import { IconPlus, type Icon } from '@tabler/icons-react';
import { Link } from 'react-router';
import { useWhyNot } from '../access/whyNot';
import { Allowed } from '../parts/Allowed';

/** Leads to a new pipeline, which may read a Source. */
export function NewPipeline({ source, Icon = IconPlus }: { source?: string; Icon?: Icon }) {
  const whyNot = useWhyNot();
  return (
    <Allowed whyNot={whyNot('put', '/api/v1/drafts/{name}')}>
      <Button component={Link} to={source === undefined ? '/pipelines/new' : `/pipelines/new?${new URLSearchParams({ source })}`} leftSection={<Icon size={14} aria-hidden />}>
        New pipeline
      </Button>
    </Allowed>
  );
}
