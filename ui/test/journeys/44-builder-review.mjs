import { begin } from './40-builder-drag.mjs';

export const title = 'the review of a change: what it touches here, and of those who read what the pipeline publishes';

const NAME = 'reviewed';
const READER = 'reviewed_reader';
const TEXT = `apiVersion: backlot/v1
kind: Pipeline
name: ${NAME}
steps:
  - {id: movies, source: studio.public.movie}
  - id: slim
    processor: projection
    from: movies
    config: {fields: [movie_id, title, phase]}
    publish: reviewed_movies
  - {id: out, sink: iceberg, from: slim, config: {table: studio.${NAME}}}
`;
const READING = `apiVersion: backlot/v1
kind: Pipeline
name: ${READER}
steps:
  - {id: movies, source: reviewed_movies}
  - {id: alive, processor: filter, from: movies, config: {where: "phase <> 'CANCELLED'"}}
  - {id: out, sink: iceberg, from: alive, config: {table: studio.${READER}}}
`;

export async function run({ page, api, assert, axe, shot, until }) {
  await begin(api, NAME);
  const state = async (name) => (await api('GET', `/api/v1/pipelines/${name}?proof=false`)).status.state;
  for (const [name, text] of [[NAME, TEXT], [READER, READING]]) {
    await api('POST', '/api/v1/apply', { files: [{ name: `${name}.yaml`, text }] });
    await until(`${name} runs`, async () => ['running', 'catching_up'].includes(await state(name)), 180);
  }
  const draft = async (text) => {
    const { draft: there, revision } = await api('GET', `/api/v1/pipelines/${NAME}/document`);
    await api('PUT', `/api/v1/drafts/${NAME}`, { text, version: there?.version ?? 0, base_revision: revision });
  };
  const touches = page.getByRole('region', { name: 'What it touches' });

  // a field less, which somebody else's filter names
  await draft(TEXT.replace(', phase]', ']'));
  await page.goto(`/pipelines/${NAME}/edit?view=review`);
  await touches.getByText('2 columns, 2 tables, 1 other pipeline').waitFor();
  await touches.getByText(`Table studio.${NAME}: 1 not filled any more`).waitFor();
  const reader = touches.getByRole('listitem').filter({ has: page.getByRole('link', { name: READER, exact: true }) });
  await reader.getByText('Breaks').waitFor();
  await touches.getByRole('listitem').filter({ has: page.getByRole('link', { name: `studio.${READER}`, exact: true }) }).getByText('phase').waitFor();
  await touches.getByText('Source reviewed_movies').click();
  await axe(page, 'the review of a change');
  await shot(page, 'touches');

  // a field more touches nobody; what nobody sees touches nothing
  await draft(TEXT.replace(', phase]', ', phase, production_budget]'));
  await page.reload();
  await touches.getByText(`Table studio.${NAME}: 1 new`).waitFor();
  assert.equal(await touches.getByText('Breaks').count(), 0);
  await draft(`# Said.\n${TEXT}`);
  await page.reload();
  await touches.getByText('No column that is there already, and nobody who reads on.').waitFor();

  await begin(api, NAME);
  for (const name of [READER, NAME]) {
    await api('DELETE', `/api/v1/pipelines/${name}`);
    await until(`${name} is gone`, async () => (await state(name).catch(() => 'gone')) === 'gone', 120);
  }
}
