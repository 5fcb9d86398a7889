export const title = 'a pipeline as it runs: graph, step, charts, pause, resume, roll back, what each does to data';

// New each time: a table of the lake stays when its pipeline goes.
const NAME = `journey_run_${Date.now().toString(36)}`;
const TABLE = `public.${NAME}`;

const document = (fields) => `
apiVersion: backlot/v1
kind: Pipeline
name: ${NAME}
owner: production-office
description: What a journey watches.
on_error: dead_letter
steps:
  - {id: films, source: studio.${TABLE}}
  - {id: slim, processor: projection, from: films, config: {fields: [${fields}]}}
  - {id: out, sink: iceberg, from: slim, config: {table: studio.${NAME}, commit_interval: 500ms}}
`;

export async function run({ page, api, sql, query, until, axe, shot, assert }) {
  // The studio's own, as its other tables: only an owner's tables can be published.
  await sql(`CREATE TABLE ${TABLE} (id int PRIMARY KEY, title text, phase text); ALTER TABLE ${TABLE} OWNER TO studio; GRANT SELECT ON ${TABLE} TO backlot`);
  await sql(`INSERT INTO ${TABLE} SELECT n, 'Film ' || n, 'SHOOT' FROM generate_series(1, 20) n`);
  await until('the table is a Source', async () => {
    const { items } = await api('GET', '/api/v1/sources?proof=false');
    return items.some((item) => item.name === `studio.${TABLE}` && item.status.state === 'streaming');
  }, 180);
  const apply = (fields) => api('POST', '/api/v1/apply', { files: [{ name: 'run.yaml', text: document(fields) }] });
  await apply('id, title');
  const rows = async () => (await query(`SELECT count(*) AS n FROM studio.${NAME}_latest`))[0].n;
  const state = async () => (await api('GET', `/api/v1/pipelines/${NAME}?proof=false`)).status.state;
  await until('the pipeline runs', async () => (await state()) === 'running', 120);
  await until('its rows are there', async () => Number(await rows()) === 20);

  await page.goto('/pipelines');
  await page.getByRole('textbox', { name: 'Name, owner or description contains' }).fill(NAME);
  await shot(page, 'list');
  await page.getByRole('link', { name: NAME, exact: true }).click();
  await page.getByRole('heading', { level: 1, name: NAME }).waitFor();

  // The graph, by keyboard: the step shows beside it, in the address, with figures that are measured.
  const graph = page.getByRole('region', { name: 'Steps of the pipeline' });
  await graph.getByText('Projection').waitFor();
  await page.keyboard.press(']');
  await page.keyboard.press(']');
  await page.getByRole('complementary', { name: 'Step slim' }).waitFor();
  assert.match(page.url(), /node=slim/);
  await until('changes are counted per step', async () => {
    await sql(`UPDATE ${TABLE} SET title = title || '.' WHERE id <= 10`);
    const { nodes, edges } = await api('GET', `/api/v1/pipelines/${NAME}/graph`);
    return nodes.find(({ id }) => id === 'slim').out_rate > 0 && edges.every(({ rate }) => rate > 0) && nodes.every(({ latency_seconds: latency }) => latency?.p50 < 60);
  });
  await page.getByRole('complementary', { name: 'Step slim' }).getByText('From commit until here').first().waitFor();
  await page.getByRole('complementary', { name: 'Step slim' }).getByRole('table', { name: 'Columns of its output' }).getByText('title').waitFor();
  await axe(page, 'a pipeline with a step opened');
  await shot(page, 'step');
  await page.keyboard.press('[');
  await page.getByRole('complementary', { name: 'Step films' }).waitFor();
  await page.getByText('15 min', { exact: true }).first().click();
  assert.match(page.url(), /range=15m/);
  await page.reload();
  await page.getByRole('complementary', { name: 'Step films' }).waitFor();
  await page.getByRole('button', { name: 'Close the step' }).click();
  await shot(page, 'overview');

  // Pause says what it does, and does it: rows wait, the position stays.
  await page.getByRole('button', { name: 'Pause' }).click();
  const ask = page.getByRole('dialog', { name: `Pause ${NAME}?` });
  await ask.getByText('Its position is kept').waitFor();
  await axe(page, 'the question before a pause');
  await shot(page, 'pause');
  await ask.getByRole('button', { name: 'Pause' }).click();
  await page.getByText('Paused by a person').waitFor();
  await until('the job has stopped', async () => (await state()) === 'paused');
  await until('no job is left', async () => (await api('GET', `/api/v1/pipelines/${NAME}?proof=false`)).status.jobs.length === 0);
  await sql(`INSERT INTO ${TABLE} VALUES (21, 'Made while paused', 'SHOOT')`);
  await until('the row is in the log', async () => JSON.stringify(await api('GET', `/api/v1/sources/studio.${TABLE}/rows/21/history`).catch(() => '')).includes('Made while paused'));
  assert.equal(Number(await rows()), 20, 'a paused pipeline brings no rows');
  await page.getByRole('button', { name: 'Resume' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Resume' }).click();
  await until('the row that waited is there, once', async () => Number(await rows()) === 21);
  const twice = await query(`SELECT id FROM studio.${NAME} GROUP BY id, _partition, _offset HAVING count(*) > 1`);
  assert.deepEqual(twice, [], 'nothing was read twice');

  // A revision beside another one, and back to it.
  await apply('id, title, phase');
  await until('the new revision runs', async () => {
    const { status } = await api('GET', `/api/v1/pipelines/${NAME}?proof=false`);
    return status.state === 'running' && status.deployed_revision === status.revision;
  });
  await page.getByRole('tab', { name: /Revisions/ }).click();
  // The page follows by itself; until then the row of another revision says it is deployed.
  const { revision } = (await api('GET', `/api/v1/pipelines/${NAME}?proof=false`)).status;
  await page.getByRole('row').filter({ hasText: new RegExp(`^${revision} deployed`) }).getByRole('link').click();
  await page.getByRole('region', { name: /beside/ }).getByText('phase').waitFor();
  await axe(page, 'a revision beside another');
  await shot(page, 'revision');
  await page.goto(`/pipelines/${NAME}?tab=revisions`);
  await page.getByRole('row').filter({ hasText: /^1/ }).getByRole('button', { name: 'Roll back' }).click();
  const back = page.getByRole('dialog', { name: /Roll .* back to revision 1/ });
  await back.getByText('The position is kept').waitFor();
  await shot(page, 'rollback');
  await back.getByRole('button', { name: 'Roll back' }).click();
  await back.waitFor({ state: 'detached' });
  await until('the document is as it was', async () => {
    const { spec, status } = await api('GET', `/api/v1/pipelines/${NAME}?proof=false`);
    return status.state === 'running' && status.deployed_revision === status.revision && spec.steps[1].config.fields.length === 2;
  });
  assert.equal(Number(await rows()), 21, 'rolling back keeps every row');
  await page.getByRole('tab', { name: 'Log' }).click();
  await page.getByRole('table', { name: /Events/ }).getByText('Paused').first().waitFor();
  await axe(page, 'the log');
  await page.getByRole('tab', { name: 'Fields and consumers' }).click();
  await page.getByRole('table', { name: `Fields of studio.${TABLE}` }).waitFor();
  await page.getByRole('tab', { name: 'Dead letters' }).click();
  await page.getByText('No record of this pipeline has failed').waitFor();

  // Gone, and the page says first what stays.
  await page.getByRole('button', { name: 'More actions' }).click();
  await page.getByRole('menuitem', { name: 'Delete' }).click();
  const gone = page.getByRole('dialog', { name: `Delete ${NAME}?` });
  await gone.getByText(/stays and can be queried/).waitFor();
  await gone.getByRole('button', { name: 'Delete' }).click();
  await page.waitForURL('**/pipelines');
  await until('it is gone', async () => !(await api('GET', '/api/v1/pipelines?proof=false')).items.some((item) => item.name === NAME));
  assert.equal(Number(await rows()), 21, 'its table stays');
  await sql(`DROP TABLE ${TABLE}`);
}
