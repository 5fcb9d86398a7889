export const title = 'a table differs: which keys, one row beside its database’s, dry run, repair, proven equal';

// New each time: a table of the lake stays when its pipeline goes.
const NAME = `journey_audit_${Date.now().toString(36)}`;
const TABLE = `public.${NAME}`;

export async function run({ page, api, sql, query, until, axe, shot, assert }) {
  // The studio's own, as its other tables: only an owner's tables can be published.
  await sql(`CREATE TABLE ${TABLE} (id int PRIMARY KEY, title text, fee numeric(10,2)); ALTER TABLE ${TABLE} OWNER TO studio; GRANT SELECT ON ${TABLE} TO backlot`);
  await sql(`INSERT INTO ${TABLE} SELECT n, 'Film ' || n, n FROM generate_series(1, 30) n`);
  await until('the table is a Source', async () => {
    const { items } = await api('GET', '/api/v1/sources?proof=false');
    return items.some((item) => item.name === `studio.${TABLE}` && item.status.state === 'streaming');
  }, 180);
  await api('POST', '/api/v1/apply', {
    files: [
      {
        name: 'audit.yaml',
        text: `
apiVersion: backlot/v1
kind: Pipeline
name: ${NAME}
owner: production-office
audit: {every: 5s}
steps:
  - {id: films, source: studio.${TABLE}}
  - {id: out, sink: iceberg, from: films, config: {table: studio.${NAME}, commit_interval: 500ms}}
`,
      },
    ],
  });
  const audit = () => api('GET', `/api/v1/tables/${encodeURIComponent(`studio.${NAME}`)}/audits`);
  await until('the table is proven equal', async () => {
    const found = await audit().catch(() => null);
    return found?.state === 'equal';
  }, 120);

  // A change that the log never tells: a publication that leaves updates out, for this transaction only.
  await sql(`
    BEGIN;
    ALTER PUBLICATION backlot_studio SET (publish = 'insert, delete, truncate');
    UPDATE ${TABLE} SET title = 'Changed behind our back', fee = 99.5 WHERE id IN (7, 8);
    ALTER PUBLICATION backlot_studio SET (publish = 'insert, update, delete, truncate');
    COMMIT;`);
  assert.equal((await query(`SELECT title FROM studio.${NAME}_latest WHERE id = 7`))[0].title, 'Film 7');
  await until('an audit finds both keys', async () => (await audit()).differences === 2, 120);

  // Incident → which keys → one row.
  const incident = await until('there is an incident', async () => {
    const { items } = await api('GET', '/api/v1/incidents');
    return items.find((item) => item.spec.kind === 'audit_difference' && item.status.state === 'open' && JSON.stringify(item).includes(NAME));
  });
  await page.goto(`/incidents/${incident.name}`);
  await page.getByRole('heading', { level: 1, name: 'A table differs from its Sources' }).waitFor();
  await axe(page, 'the incident of a table that differs');
  await page.getByRole('link', { name: 'See which keys differ' }).click();
  await page.getByRole('heading', { level: 1, name: `studio.${NAME}` }).waitFor();
  const keys = page.getByRole('table', { name: 'Keys that differ' });
  await keys.getByRole('row').filter({ hasText: 'Changed behind our back' }).first().click();
  const row = page.getByRole('region', { name: /^Row / });
  await row.getByText('Changed behind our back').waitFor();
  const title = row.getByRole('row').filter({ has: page.getByRole('rowheader', { name: /title/ }) });
  assert.match(await title.innerText(), /Changed behind our back\s+Film [78]/);
  await row.getByLabel('differs').first().waitFor();
  await row.getByText('Last event in the table:').waitFor();
  await row.getByText('films', { exact: true }).waitFor();
  assert.match(page.url(), /row=/);
  await axe(page, 'a row beside its database’s');
  await shot(page, 'row');

  // Dry run: nothing changes.
  await page.getByRole('button', { name: 'Close the row' }).click();
  await page.getByRole('checkbox', { name: 'Choose all' }).check();
  await page.getByRole('button', { name: 'Dry run' }).click();
  await page.getByText('A repair would mend 2 keys').waitFor({ timeout: 90_000 });
  await page.getByRole('table', { name: 'Keys of the repair' }).getByText(/dump/).first().waitFor();
  await axe(page, 'the dry run of a repair');
  await shot(page, 'dry-run');
  assert.equal((await query(`SELECT title FROM studio.${NAME}_latest WHERE id = 7`))[0].title, 'Film 7', 'a dry run changes nothing');

  // Repair: the same keys are read again, compared again, and the incident ends.
  await page.getByRole('checkbox', { name: 'Choose all' }).check();
  await page.getByRole('button', { name: 'Repair' }).click();
  const ask = page.getByRole('dialog', { name: 'Repair 2 keys?' });
  await ask.getByText('compared again by itself').waitFor();
  await ask.getByRole('button', { name: 'Repair' }).click();
  await page.getByText('Repaired and proven equal: 2 keys').waitFor({ timeout: 120_000 });
  await page.getByText('proven equal', { exact: true }).first().waitFor();
  await shot(page, 'repaired');
  assert.equal((await query(`SELECT title FROM studio.${NAME}_latest WHERE id = 7`))[0].title, 'Changed behind our back');
  await page.getByRole('link', { name: 'job', exact: true }).click();
  await page.getByRole('heading', { level: 1, name: /Repair of studio/ }).waitFor();
  await axe(page, 'a job');
  await shot(page, 'job');
  await until('the table is proven equal again', async () => (await audit()).state === 'equal', 120);
  await page.goto('/audits');
  await page.getByRole('row').filter({ hasText: NAME }).getByText('Proven equal').waitFor();
  await axe(page, 'the audits');
  await shot(page, 'audits');
  await until('the incident is over', async () => (await api('GET', `/api/v1/incidents/${incident.name}`)).status.state === 'resolved', 120);

  await api('DELETE', `/api/v1/pipelines/${NAME}`);
  await until('it is gone', async () => !(await api('GET', '/api/v1/pipelines?proof=false')).items.some((item) => item.name === NAME));
  await sql(`DROP TABLE ${TABLE}`);
}
