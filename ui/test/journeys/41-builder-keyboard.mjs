import { begin, first, node } from './40-builder-drag.mjs';

export const title = 'build and deploy a pipeline by keyboard alone';

const NAME = 'built_by_keys';

export async function run({ page, assert, until, query, api }) {
  const keys = page.keyboard;
  await begin(api, NAME);
  await page.goto('/pipelines/new?source=studio.public.deal');
  await focus(page, until, () => page.getByLabel('Name', { exact: true }));
  await keys.press('ControlOrMeta+a');
  await keys.type(NAME);
  await keys.press('Enter');
  await page.waitForURL(`**/pipelines/${NAME}/edit**`);
  await node(page, 'deal').waitFor();

  // Onto the canvas by Tab, then A adds behind what is chosen.
  await focus(page, until, () => node(page, 'deal'));
  await keys.press('Enter');
  await page.getByRole('complementary', { name: 'Step deal' }).waitFor();
  await keys.press('a');
  await page.getByRole('combobox', { name: 'What to add' }).waitFor();
  await keys.type('projec');
  await keys.press('Enter');
  const drawer = page.getByRole('complementary', { name: 'Step projection' });
  await drawer.waitFor();
  for (const field of ['status', 'fee']) {
    await focus(page, until, () => drawer.getByRole('group', { name: /^Fields/ }).getByRole('checkbox', { name: new RegExp(`^${field} `) }));
    await keys.press('Space');
  }
  await keys.press('Escape');
  await until('the canvas has the focus again', () => node(page, 'projection').evaluate((element) => element === document.activeElement));

  await keys.press('a');
  await page.getByRole('combobox', { name: 'What to add' }).waitFor();
  await keys.type('rename');
  await keys.press('Enter');
  await page.getByRole('complementary', { name: 'Step rename' }).waitFor();
  await keys.press('Escape');
  // Too much: away with it, and back, and away again.
  await until('rename has the focus', () => node(page, 'rename').evaluate((element) => element === document.activeElement));
  await keys.press('Delete');
  await node(page, 'rename').waitFor({ state: 'detached' });
  await keys.press('ControlOrMeta+z');
  await node(page, 'rename').waitFor();
  await keys.press('ControlOrMeta+Shift+z');
  await node(page, 'rename').waitFor({ state: 'detached' });

  await focus(page, until, () => page.locator('[data-node][tabindex="0"]'));
  await keys.press('ArrowLeft');
  await keys.press('ArrowLeft');
  await until('arrows go upstream', () => node(page, 'deal').evaluate((element) => element === document.activeElement));
  await keys.press(']');
  await until('brackets go downstream', () => node(page, 'projection').evaluate((element) => element === document.activeElement));
  await keys.press('a');
  await page.getByRole('combobox', { name: 'What to add' }).waitFor();
  await keys.type('iceberg');
  await keys.press('Enter');
  const table = page.getByRole('complementary', { name: 'Step warehouse' });
  await table.waitFor();
  await until('it has no problems', async () => (await api('GET', `/api/v1/pipelines/${NAME}/document`)).draft?.text.includes('iceberg'));

  await focus(page, until, () => page.getByRole('button', { name: 'Review and deploy' }));
  await keys.press('Enter');
  await page.getByText(`write studio.${NAME}`).waitFor();
  await focus(page, until, () => page.getByRole('button', { name: 'Deploy', exact: true }));
  await keys.press('Enter');
  await page.getByText('Caught up', { exact: true }).waitFor({ timeout: 120_000 });
  const rows = await query(`SELECT count(*) AS n FROM studio.${NAME}_latest`);
  assert.ok(Number(first(rows).n) > 0, JSON.stringify(rows));
  await api('DELETE', `/api/v1/pipelines/${NAME}`);
}

/** Presses Tab until something has the focus: nothing may be out of reach. */
async function focus(page, until, what) {
  await what().waitFor();
  let presses = 0;
  await until('Tab reaches it', async () => {
    if (await what().evaluate((element) => element === document.activeElement || element.contains(document.activeElement))) return true;
    if (++presses > 250) throw new Error('Tab never reaches it');
    await page.keyboard.press('Tab');
    return false;
  }, 120);
}
