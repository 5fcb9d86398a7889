export const title = 'build a pipeline by drag: filter, enrichment, table, previewed, deployed, its rows there';

const NAME = 'built_by_drag';

export async function run({ page, open, assert, axe, shot, until, query, api }) {
  await begin(api, NAME);
  await page.goto('/pipelines/new?source=studio.public.movie');
  await page.getByLabel('Name', { exact: true }).fill(NAME);
  await page.getByLabel('Owner').fill('studio-tech');
  await axe(page, 'the form of a new pipeline');
  await shot(page, 'new');
  await page.getByRole('button', { name: 'Open the editor' }).click();
  await page.waitForURL(`**/pipelines/${NAME}/edit**`);
  await node(page, 'movie').waitFor();

  await drag(page, 'filter', '[data-step="movie"]');
  const drawer = page.getByRole('complementary', { name: 'Step filter' });
  await drawer.waitFor();
  await write(page, drawer.getByRole('textbox', { name: 'Keep rows where' }), "phase <> 'CANCELLED' AND movie_id >= 10000");
  // What does not pass is dropped, or deleted where it was there before: the newest events have either.
  await page.getByLabel('Sampled rows').getByText(/^(dropped|becomes a delete)$/).first().waitFor();
  await page.getByText(/rows of movie/).waitFor();
  await shot(page, 'filter');

  await drag(page, 'graphql_enrichment', '[data-step="filter"]');
  const enrichment = page.getByRole('complementary', { name: 'Step enrichment' });
  await enrichment.getByLabel('Endpoint').selectOption('studio_edge');
  await until('the graph offers a query', () => enrichment.getByLabel('Pick a query').locator('option[value=movies]').count());
  await enrichment.getByLabel('Pick a query').selectOption('movies');
  const answer = enrichment.getByRole('group', { name: 'Fields of the answer' });
  await answer.getByRole('button', { name: /^director/ }).click();
  await answer.getByRole('checkbox', { name: /^name/ }).check();
  await answer.getByRole('checkbox', { name: /as director_name/ }).waitFor();
  await page.getByLabel('Preview').getByText(/asked for \d+ in 1 request/).waitFor();
  const heads = page.getByLabel('Sampled rows').locator('th[data-fresh]');
  await until('the new field shows', async () => (await heads.allTextContents()).includes('director_name'));
  await shot(page, 'enrichment');

  await drag(page, 'iceberg', '[data-step="enrichment"]');
  const table = page.getByRole('complementary', { name: 'Step warehouse' });
  await table.getByRole('textbox', { name: 'Table' }).fill(`studio.${NAME}`);
  await node(page, 'warehouse').waitFor();
  await page.getByRole('tab', { name: /^Problems/ }).click();
  await page.getByText('No problems: it can be deployed.').waitFor();
  await page.getByRole('status').filter({ hasText: 'Saved' }).first().waitFor();
  await axe(page, 'the builder');
  await shot(page, 'whole');

  const phone = await open({ path: `/pipelines/${NAME}/edit`, viewport: { width: 390, height: 800 } });
  await node(phone, 'movie').waitFor();
  await shot(phone, 'narrow');

  await page.getByRole('button', { name: 'Review and deploy' }).click();
  await page.getByText(`write studio.${NAME}`).waitFor();
  await axe(page, 'the review');
  await shot(page, 'review');
  await page.getByLabel('What for').fill('films that are alive');
  await page.getByRole('button', { name: 'Deploy', exact: true }).click();
  await page.getByText(/Revision 1 (is being deployed|runs)/).waitFor();
  await page.getByText('Caught up', { exact: true }).waitFor({ timeout: 120_000 });
  await axe(page, 'the deployment');
  await shot(page, 'deployed');

  const rows = await query(`SELECT count(*) AS n, count(director_name) AS named FROM studio.${NAME}_latest WHERE movie_id >= 10000`);
  assert.ok(Number(first(rows).n) > 0, JSON.stringify(rows));
  const pipeline = await api('GET', `/api/v1/pipelines/${NAME}/document`);
  assert.equal(pipeline.draft, undefined);
  assert.match(pipeline.text, /director \{ name \}/);
  await api('DELETE', `/api/v1/pipelines/${NAME}`);
}

export const first = (rows) => (Array.isArray(rows) ? rows[0] : (rows.rows?.[0] ?? rows.items?.[0]));

/** Begins a draft, whatever an earlier run has left. */
export async function begin(api, name, text) {
  const before = await api('GET', `/api/v1/pipelines/${name}/document`).catch(() => null);
  if (before?.draft) await api('DELETE', `/api/v1/drafts/${name}?version=${before.draft.version}`);
  if (text !== undefined) await api('PUT', `/api/v1/drafts/${name}`, { text, version: 0, base_revision: 0 });
}

/** A step's node on the canvas. */
export const node = (page, id) => page.locator(`[data-node="${id}"]`);

/** Drags something from the palette with the mouse. */
export async function drag(page, offer, onto) {
  const from = await page.locator(`[data-offer="${offer}"]`).boundingBox();
  const target = page.locator(onto).first();
  await target.waitFor();
  let to = await target.boundingBox();
  for (let before = null; JSON.stringify(before) !== JSON.stringify(to); ) {
    before = to;
    await page.evaluate(() => new Promise((resolve) => setTimeout(resolve, 300)));
    to = await target.boundingBox();
  }
  await page.mouse.move(from.x + from.width / 2, from.y + from.height / 2);
  await page.mouse.down();
  await page.mouse.move(from.x + 60, from.y + 30, { steps: 4 });
  await page.mouse.move(to.x + to.width / 2, to.y + to.height / 2, { steps: 12 });
  await page.mouse.up();
}

/** Writes into a code editor in place of what is there. */
export async function write(page, editor, text) {
  await editor.click();
  await page.keyboard.press('ControlOrMeta+a');
  await page.keyboard.insertText(text);
  await page.keyboard.press('Escape');
}
