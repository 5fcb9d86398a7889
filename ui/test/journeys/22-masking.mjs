export const title = 'masking: a tag keeps values from who is not cleared, in the Source, its tables, queries and exports';

const SOURCE = 'studio.public.deal';
const TABLE = 'studio.deal_desk';
const MASKED = '•••';

export async function run({ page, open, api, assert, axe, shot, until }) {
  const details = () => api('GET', `/api/v1/sources/${SOURCE}/details`);
  await until('the table has rows', async () => (await api('POST', '/api/v1/query', { sql: `SELECT count(*) AS n FROM ${TABLE}`, format: 'rows' }))[0].n > 0);
  const masked = `masked_${Date.now()}`;
  const clearedName = `cleared_${Date.now()}`;
  for (const [name, clearances] of [
    [masked, []],
    [clearedName, ['finance', 'legal', 'secret_terms']],
  ]) {
    await api('POST', '/api/v1/users', { name, roles: ['viewer'], teams: [], clearances });
  }
  // Nobody has tagged the currency yet: everybody sees it in the table, where it has another name.
  const { revision } = await details();
  const tag = (tags, expected_revision) => api('PATCH', `/api/v1/sources/${SOURCE}/description`, { expected_revision, fields: { currency: { tags } } });
  const untagged = await tag([], revision);
  const viewer = await open({ as: masked, path: `/tables/${TABLE}?tab=data` });
  const rows = viewer.getByRole('table', { name: `Newest rows of ${TABLE}` });
  await rows.waitFor();
  const cell = (name) => rows.locator('[role=row][data-index="0"] [role=cell]').nth(name);
  const place = async (name) => (await rows.getByRole('columnheader').allTextContents()).indexOf(name);
  assert.notEqual(await cell(await place('fee_currency')).innerText(), MASKED);

  // Somebody tags it, on its page: from then on it is masked downstream.
  await page.goto(`/sources/${SOURCE}?tab=schema&field=currency`);
  const panel = page.getByRole('dialog');
  await panel.getByLabel('Tags').fill('secret_terms');
  await page.keyboard.press('Enter');
  await panel.getByRole('button', { name: 'Save' }).click();
  await panel.waitFor({ state: 'detached' });
  await viewer.reload();
  await rows.waitFor();
  await viewer.getByText(/Masked for you: .*fee_currency/).waitFor();
  assert.match(await cell(await place('fee_currency')).innerText(), /•••/);
  await axe(viewer, 'masked rows');
  await shot(viewer, 'masked');
  await viewer.getByRole('tab', { name: 'Columns' }).click();
  await viewer.getByRole('row', { name: /fee_currency/ }).getByText('secret_terms').waitFor();

  // In its Source as well, with whom to ask.
  await viewer.goto(`/sources/${SOURCE}?tab=access`);
  await viewer.getByText(/masked for you/).first().waitFor();
  await viewer.getByText(/ask them, or an admin/).waitFor();
  await axe(viewer, 'the access of a Source');
  await shot(viewer, 'access');

  // A query learns nothing, whatever it asks; not even the page's requests do.
  const asked = (asker, sql) =>
    asker.evaluate(async (text) => {
      const session = await (await fetch('/api/v1/session')).json();
      const answer = await fetch('/api/v1/query', {
        method: 'POST',
        headers: { 'Content-Type': 'application/json', 'X-Backlot-Csrf': session.csrf },
        body: JSON.stringify({ sql: text, format: 'rows' }),
      });
      return answer.json();
    }, sql);
  for (const view of [TABLE, `${TABLE}_latest`]) {
    assert.deepEqual(await asked(viewer, `SELECT DISTINCT fee_currency AS c, max(fee_amount) OVER () AS m FROM ${view}`), [{ c: MASKED, m: null }]);
    assert.deepEqual(await asked(viewer, `SELECT count(*) AS n FROM ${view} WHERE fee_currency = 'USD' OR fee_amount > 0`), [{ n: 0 }]);
  }
  const cleared = await open({ as: clearedName, path: `/tables/${TABLE}?tab=data` });
  const [{ n }] = await asked(cleared, `SELECT count(*) AS n FROM ${TABLE} WHERE fee_currency <> '${MASKED}'`);
  assert.ok(n > 0, 'who is cleared sees the values');
  await cleared.getByRole('table', { name: `Newest rows of ${TABLE}` }).waitFor();
  assert.equal(await cleared.getByText('Masked for you').count(), 0);
  const sample = await viewer.evaluate(async (source) => (await fetch(`/api/v1/sources/${source}/sample`)).json(), SOURCE);
  assert.ok(sample.masked.includes('currency') && sample.masked.includes('fee'));
  assert.ok(sample.rows.every((row) => row.currency === MASKED && row.fee === MASKED));

  const last = await details();
  await tag([], last.revision);
  assert.ok(last.revision > untagged.revision);
  for (const name of [masked, clearedName]) await api('DELETE', `/api/v1/users/${name}`);
}
