import { Button, MantineProvider } from '@mantine/core';
import type { ReactElement } from 'react';
import { renderToStaticMarkup } from 'react-dom/server';
import { Link, MemoryRouter } from 'react-router';
import { describe, expect, it } from 'vitest';
import { whyNot } from '../../src/access/whyNot';
import type { Session } from '../../src/access/session';
import { Allowed } from '../../src/parts/Allowed';

const RULES: NonNullable<Session['rules']> = {
  'POST /api/v1/pipelines/{name}/pause': { role: 'builder', own: true },
  'POST /api/v1/apply': { role: 'builder', own: false },
  'PATCH /api/v1/sources/{name}/description': { role: 'owner', own: true },
};

function session(roles: string[], teams: string[]): Session {
  return { signed_in: true, cause: '', name: 'ada', roles, teams, rules: RULES };
}

const PAUSE = '/api/v1/pipelines/{name}/pause';

describe('who may not is told why', () => {
  it('the role that is lacking, and whose it is', () => {
    expect(whyNot(session(['viewer'], ['post']), 'post', PAUSE, 'studio')).toBe('Needs the role builder in the team “studio”; you have viewer. Ask an admin.');
    expect(whyNot(session(['viewer'], ['studio']), 'post', PAUSE, 'studio')).toBe('Needs the role builder; you have viewer. Ask an admin.');
    expect(whyNot(session([], []), 'post', '/api/v1/apply')).toBe('Needs the role builder; you have none. Ask an admin.');
  });

  it('the team that it belongs to', () => {
    expect(whyNot(session(['builder'], ['post']), 'post', PAUSE, 'studio')).toBe('Only the team “studio” may do this; you are in “post”. Ask them, or an admin.');
    expect(whyNot(session(['owner'], []), 'post', PAUSE, 'studio')).toBe('Only the team “studio” may do this; you are in no team. Ask them, or an admin.');
  });

  it('that only admins may, where nobody owns it', () => {
    expect(whyNot(session(['owner'], ['post']), 'post', PAUSE, '')).toBe('It has no owner, so only an admin may do this. Ask an admin.');
  });

  it('that a document may neither be taken over nor given away', () => {
    const builder = session(['builder'], ['post']);

    expect(whyNot(builder, 'post', '/api/v1/apply', 'studio', 'post')).toContain('“studio”');
    expect(whyNot(builder, 'post', '/api/v1/apply', 'post', 'studio')).toContain('“studio”');
    expect(whyNot(builder, 'post', '/api/v1/apply', undefined, 'post')).toBe('');
  });
});

describe('who may is not held up', () => {
  it('by a role that covers the one that is asked', () => {
    expect(whyNot(session(['owner'], ['studio']), 'post', PAUSE, 'studio')).toBe('');
    expect(whyNot(session(['admin'], []), 'post', PAUSE, 'studio')).toBe('');
    expect(whyNot(session(['admin'], []), 'post', PAUSE, '')).toBe('');
  });

  it('while the owner is not known yet', () => {
    expect(whyNot(session(['builder'], ['post']), 'post', PAUSE, undefined)).toBe('');
  });

  it('where the server asks nothing', () => {
    expect(whyNot(session(['viewer'], []), 'post', '/api/v1/query/saved')).toBe('');
    expect(whyNot({ signed_in: true, cause: '', roles: ['viewer'] }, 'post', PAUSE, 'studio')).toBe('');
  });
});

describe('a control', () => {
  const drawn = (why: string, control: ReactElement) =>
    renderToStaticMarkup(
      <MantineProvider>
        <MemoryRouter>
          <Allowed whyNot={why}>{control}</Allowed>
        </MemoryRouter>
      </MantineProvider>,
    );

  it('is as it was for who may', () => {
    expect(drawn('', <Button>Pause</Button>)).not.toContain('aria-disabled');
  });

  it('can be reached and says why for who may not', () => {
    const html = drawn('Needs the role builder.', <Button loading disabled>Pause</Button>);

    const button = /<button[^>]*>/.exec(html)?.[0] ?? '';
    expect(button).toContain('aria-disabled="true"');
    expect(button).not.toMatch(/ disabled(=|>| )/);
    const reason = /aria-describedby="([^"]*)"/.exec(button)?.[1] ?? '?';
    expect(html).toContain(`<span id="${reason}" hidden="">Needs the role builder.</span>`);
  });

  it('leads nowhere for who may not', () => {
    const html = drawn(
      'Needs the role builder.',
      <Button component={Link} to="/pipelines/new">
        New pipeline
      </Button>,
    );

    expect(html).not.toContain('href');
    expect(html).toContain('type="button"');
  });
});
