export const title = 'a consumed column is dropped: incident, another field in its place, resume, nothing lost';

// New each time: a table of the lake stays when its pipeline goes.
const NAME = `journey_blocked_${Date.now().toString(36)}`;
const TABLE = `public.${NAME}`;

export async function run({ page, api, sql, query, until, axe, shot, assert }) {
  // The studio's own, as its other tables: only an owner's tables can be published.
  await sql(`CREATE TABLE ${TABLE} (id int PRIMARY KEY, title text, region text, territory text); ALTER TABLE ${TABLE} OWNER TO studio; GRANT SELECT ON ${TABLE} TO backlot`);
  await sql(`INSERT INTO ${TABLE} SELECT n, 'Film ' || n, 'R' || n, 'T' || n FROM generate_series(1, 5) n`);
  await until('the table is a Source', async () => {
    const { items } = await api('GET', '/api/v1/sources?proof=false');
    return items.some((item) => item.name === `studio.${TABLE}` && item.status.state === 'streaming');
  }, 180);
  await api('POST', '/api/v1/apply', {
    files: [
      {
        name: 'blocked.yaml',
        text: `
apiVersion: backlot/v1
kind: Pipeline
name: ${NAME}
owner: production-office
steps:
  - {id: films, source: studio.${TABLE}}
  - {id: slim, processor: projection, from: films, config: {fields: [id, title, region]}}
  - {id: out, sink: iceberg, from: slim, config: {table: studio.${NAME}, commit_interval: 500ms}}
`,
      },
    ],
  });
  const status = async () => (await api('GET', `/api/v1/pipelines/${NAME}?proof=false`)).status;
  await until('the pipeline runs', async () => (await status()).state === 'running', 120);
  await until('its rows are there', async () => (await query(`SELECT id FROM studio.${NAME}_latest`)).length === 5);

  await sql(`ALTER TABLE ${TABLE} DROP COLUMN region`);
  await sql(`INSERT INTO ${TABLE} (id, title, territory) VALUES (6, 'After the drop', 'T6'), (7, 'Also after it', 'T7')`);
  await until('the pipeline is blocked', async () => (await status()).state === 'blocked');

  // Home says that it needs a person; the incident says everything else.
  await page.goto('/');
  await page.getByRole('link', { name: `Pipeline blocked: ${NAME}` }).click();
  await page.getByRole('heading', { level: 1, name: 'Pipeline blocked' }).waitFor();
  await page.getByText('region was dropped').waitFor();
  await page.getByText(/Kept: it stands exactly before the first event/).waitFor();
  await page.getByText(/for certain until/).waitFor();
  await page.getByText(`new values of studio.${NAME}.region`).waitFor();
  await page.getByRole('button', { name: 'Ask production-systems' }).waitFor();
  await axe(page, 'the incident of a blocked pipeline');
  await shot(page, 'incident');
  assert.deepEqual(
    (await query(`SELECT id FROM studio.${NAME}_latest ORDER BY id`)).map(({ id }) => id),
    [1, 2, 3, 4, 5],
    'no row passes the change',
  );

  // Another field instead: first as it would be read, then for good.
  await page.getByRole('radio', { name: 'Read another field instead' }).check();
  await page.getByRole('combobox', { name: 'Field to read' }).click();
  await page.getByRole('option', { name: 'territory' }).click();
  await page.getByRole('button', { name: 'Preview' }).click();
  const preview = page.getByRole('table', { name: /Newest rows with region/ });
  await preview.getByText('T7').waitFor();
  assert.equal((await status()).state, 'blocked', 'a preview changes nothing');
  await axe(page, 'the preview of a choice');
  await shot(page, 'preview');
  await page.getByRole('button', { name: 'Resolve and resume' }).click();
  await page.getByText(/runs again|catches up|is being deployed|It is over|just gone away/).first().waitFor();

  await until('the pipeline runs again', async () => (await status()).state === 'running', 120);
  const rows = await until('the rows that waited are there', async () => {
    const found = await query(`SELECT id, region FROM studio.${NAME}_latest ORDER BY id`);
    return found.length === 7 && found;
  });
  assert.deepEqual(
    rows.map(({ id, region }) => [id, region]),
    [[1, 'R1'], [2, 'R2'], [3, 'R3'], [4, 'R4'], [5, 'R5'], [6, 'T6'], [7, 'T7']],
    'older rows keep what they had, newer ones have the other field',
  );
  await page.getByText('It is over', { exact: true }).waitFor({ timeout: 120_000 });
  await shot(page, 'over');

  await page.goto(`/pipelines/${NAME}?tab=revisions`);
  await page.getByText(/resolve: field 'region'/).waitFor();
  await page.goto('/incidents?state=over');
  await page.getByRole('link', { name: 'Pipeline blocked' }).first().waitFor();
  await axe(page, 'the list of incidents');

  await api('DELETE', `/api/v1/pipelines/${NAME}`);
  await until('it is gone', async () => !(await api('GET', '/api/v1/pipelines?proof=false')).items.some((item) => item.name === NAME));
  await sql(`DROP TABLE ${TABLE}`);
}
