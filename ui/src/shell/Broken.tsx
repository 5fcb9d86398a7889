import { Button } from '@mantine/core';
import { Link, useRouteError } from 'react-router';
import { Page } from '../parts/Page';
import { Notice } from '../parts/States';

/** For an address that is none. */
export function NoSuchPage() {
  return (
    <Page title="No such page">
      <Notice tone="idle" title="There is no page at this address">
        It may have been renamed, or the link is cut off. <Link to="/">Go home</Link> or press <kbd>/</kbd> to search.
      </Notice>
    </Page>
  );
}

/** For a page whose code failed: the rest of the product goes on. */
export function PageBroken() {
  const error = useRouteError();
  return (
    <Page title="This page broke">
      <Notice tone="failed" title="The page ran into a fault of its own">
        <p>Nothing was changed by it, and data go on moving. Loading the page again may help.</p>
        <details>
          <summary>Technical detail</summary>
          <code>{error instanceof Error ? error.message : String(error)}</code>
        </details>
        <Button onClick={() => location.reload()}>Load again</Button>
      </Notice>
    </Page>
  );
}
