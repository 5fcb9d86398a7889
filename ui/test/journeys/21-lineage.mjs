export const title = 'lineage: from a column of the database to columns of tables, as graph and as list; what a change breaks';

export async function run({ page, api, assert, axe, shot, until }) {
  const table = await until('a pipeline has written a table', async () => {
    const { items } = await api('GET', '/api/v1/tables?proof=false');
    return items.find(({ name, status }) => name === 'studio.movie_report' && status.state === 'ready');
  });
  const details = await api('GET', `/api/v1/tables/${encodeURIComponent(table.name)}/details`);
  const column = details.columns.find(({ origins }) => origins.some(({ how, field }) => how === 'copied' && field === 'title'));
  const origin = column.origins[0];
  const id = `source:${origin.source}.${origin.field}`;

  await page.goto(`/lineage?field=${encodeURIComponent(id)}`);
  await page.getByRole('region', { name: 'Graph of fields' }).waitFor();
  const card = page.getByLabel(`field ${column.name} of table ${table.name}`);
  await card.waitFor();
  const { downstream } = await api('GET', `/api/v1/lineage?field=${encodeURIComponent(id)}`);
  await page.getByText(`${downstream.shown} of ${downstream.total}`).waitFor();
  await axe(page, 'lineage as a graph');
  await shot(page, 'graph');

  // By keyboard: choose a node, then look from there.
  await card.focus();
  await page.keyboard.press('Enter');
  const panel = page.getByRole('complementary', { name: 'What is chosen' });
  await panel.getByRole('button', { name: 'Look from here' }).click();
  await page.waitForURL(/field=table/);
  await page.getByLabel(`field ${origin.field} of source ${origin.source}`).waitFor();

  await page.getByText('List', { exact: true }).click();
  const list = page.getByRole('table', { name: 'Lineage' });
  await list.getByText(origin.source).first().waitFor();
  assert.match(page.url(), /view=list/);
  await axe(page, 'lineage as a list');
  await shot(page, 'list');

  // The table says where each column comes from.
  await page.goto(`/tables/${encodeURIComponent(table.name)}`);
  await page.getByRole('table', { name: `Columns of ${table.name}` }).getByTitle(`${origin.source}.${origin.field}`).first().waitFor();
  await axe(page, 'the columns of a table');
  await shot(page, 'table');
  for (const tab of ['Data', 'Proof', 'Snapshots and upkeep']) {
    await page.getByRole('tab', { name: tab }).click();
    await page.getByRole('heading', { level: 2 }).first().waitFor();
    await axe(page, `the tab ${tab} of a table`);
    await shot(page, `table-${tab.toLowerCase().replaceAll(' ', '-')}`);
  }

  // What dropping it would break.
  await page.goto('/impact');
  await page.getByLabel('Change').fill(`${origin.source} drop ${origin.field}`);
  await page.keyboard.press('Control+Enter');
  await page.getByRole('heading', { name: origin.source }).waitFor();
  await page.getByRole('table', { name: `Pipelines that read ${origin.source}` }).getByText('movie_report').first().waitFor();
  await axe(page, 'the impact of a change');
  await shot(page, 'impact');
  await page.getByLabel('Change').fill('nonsense');
  await page.getByRole('button', { name: 'Judge' }).click();
  await page.getByText('Could not judge the change').waitFor();
}
