export const title = 'the history of a row: changed in the database, cancelled there, gone from the report by its filter, every step with its time';

export async function run({ page, sql, query, cli, until, assert, axe, shot }) {
  page.setDefaultTimeout(120_000);
  const [{ movie_id: id }] = await sql(
    "INSERT INTO movie (title, phase, production_budget) VALUES ('The Journey', 'DEVELOPMENT', 1000) RETURNING movie_id",
  );
  const there = async () => (await query(`SELECT title FROM studio.movie_report_latest WHERE movie_id = ${id}`)).length;
  await until('the film is in the report', async () => (await there()) === 1, 180);
  await sql("UPDATE movie SET production_budget = 2500 WHERE movie_id = $1", [id]);
  await until('the new budget is in the report', async () => Number((await query(`SELECT production_budget AS b FROM studio.movie_report_latest WHERE movie_id = ${id}`))[0]?.b) === 2500, 180);

  // from a cell of a result to its row
  await page.goto(`/query?sql=${encodeURIComponent(`SELECT movie_id, title FROM studio.movie_report_latest WHERE movie_id = ${id}`)}`);
  await page.getByRole('button', { name: 'Run', exact: true }).click();
  await page.getByRole('link', { name: 'How row 1 came to be' }).click();
  await page.waitForURL(`**/data/studio.movie_report/rows/**`);
  await page.getByText('Created').waitFor();
  const changed = page.getByRole('listitem').filter({ hasText: 'Changed' }).filter({ hasText: 'production_budget' });
  await changed.getByText('2500.00', { exact: true }).waitFor();
  await changed.getByText('1000.00', { exact: true }).waitFor();
  await page.getByRole('region', { name: 'Now' }).getByText('2500.00', { exact: true }).waitFor();
  await changed.getByText('In the table').waitFor();
  assert.match(await changed.innerText(), /captured .*visible /s);
  await axe(page, 'the history of a row');
  await shot(page, 'changed');

  // cancelled: the source still has the row, and the report lets it go
  await sql("UPDATE movie SET phase = 'CANCELLED' WHERE movie_id = $1", [id]);
  await until('the film left the report', async () => (await there()) === 0, 180);
  await page.getByRole('button', { name: 'Look again' }).click();
  await page.getByText('The row no longer passes a filter, so it was deleted in the table.').waitFor();
  await page.getByText('The row is not there now').waitFor();
  await page.getByRole('listitem').filter({ hasText: 'no longer passes a filter' }).getByText('CANCELLED').waitFor();
  await shot(page, 'filtered');

  // the Source's own events, and the same on the command line
  await page.goto(`/sources/studio.public.movie/rows/${encodeURIComponent(JSON.stringify([String(id)]))}`);
  await page.getByRole('listitem').filter({ hasText: 'phase' }).filter({ hasText: 'CANCELLED' }).first().waitFor();
  const said = await cli('history', 'studio.movie_report', String(id));
  assert.equal(said.code, 0, said.err);
  assert.match(said.out, /There is no such row now/);
  assert.match(said.out, /no longer passes a filter/);

  // a key that was never there, and one that can be none
  await page.goto('/data/studio.movie_report/rows/%5B%2299999999%22%5D');
  await page.getByText('The table has never had a row with this key').waitFor();
  await page.goto(`/data/studio.movie_report/rows/${encodeURIComponent('["no number \' / %2F"]')}`);
  await page.getByText('Could not show how the row came to be').waitFor();
  await sql('DELETE FROM movie WHERE movie_id = $1', [id]);
}
