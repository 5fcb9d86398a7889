export const title = 'the catalog: find a Source by a field, describe it, tag a field, follow it to tables';

const SOURCE = 'studio.public.talent';

export async function run({ page, api, assert, axe, shot, until }) {
  await until('the Source is there', async () => (await api('GET', `/api/v1/search?q=talent&kind=source`)).total > 0);
  const details = () => api('GET', `/api/v1/sources/${encodeURIComponent(SOURCE)}/details`);
  const { fields, domain } = await details();
  const field = fields.find(({ key, name }) => !key && name === 'name') ?? fields.find(({ key }) => !key);

  // Describe a field, on its page.
  await page.goto(`/sources/${encodeURIComponent(SOURCE)}?tab=schema&field=${encodeURIComponent(field.name)}`);
  const panel = page.getByRole('dialog');
  await panel.getByLabel('Description').fill('What the zebra crossing committee calls them');
  await panel.getByLabel('Unit').fill('words');
  await panel.getByRole('button', { name: 'Save' }).click();
  await panel.waitFor({ state: 'detached' });
  await page.getByText('What the zebra crossing committee calls them').waitFor();
  await axe(page, 'the schema of a Source');
  await shot(page, 'schema');

  // Find it by that description, by keyboard alone.
  await page.goto('/sources');
  await page.getByRole('row', { name: /talent/ }).first().waitFor();
  await axe(page, 'the catalog');
  await page.keyboard.press('f');
  const answered = page.waitForResponse((response) => /search\?.*committee/.test(response.url()));
  await page.keyboard.type('zebra committee');
  await answered;
  await page.getByText('1 Source', { exact: true }).waitFor();
  await page.getByRole('row', { name: /zebra crossing committee/ }).waitFor();
  await page.keyboard.press('Enter');
  await page.keyboard.press('Enter');
  await page.waitForURL(`**/sources/${encodeURIComponent(SOURCE)}`);
  await page.getByRole('tab', { name: 'Overview' }).waitFor();
  await axe(page, 'the overview of a Source');
  await shot(page, 'overview');

  // The palette finds it too.
  await page.keyboard.press('/');
  await page.getByRole('combobox', { name: 'Search' }).fill('zebra');
  await page.getByRole('option', { name: new RegExp(`${SOURCE}.${field.name}`) }).waitFor();
  await page.keyboard.press('Escape');

  // A search that finds nothing says why, and how to see everything again.
  await page.goto('/sources?q=xyzzyx');
  await page.getByText('Nothing matches').waitFor();
  await page.getByRole('button', { name: 'Show all' }).click();
  await page.getByRole('row', { name: /talent/ }).first().waitFor();

  // Every other tab has something to show.
  await page.goto(`/sources/${encodeURIComponent(SOURCE)}`);
  for (const [tab, text] of [
    ['Data', 'Newest rows'],
    ['Consumers', ''],
    ['Quality', 'Audits'],
    ['Access', 'Locked fields'],
    ['History', 'Schema versions'],
  ]) {
    await page.getByRole('tab', { name: tab }).click();
    if (text) await page.getByRole('heading', { name: text }).first().waitFor();
    await axe(page, `the tab ${tab} of a Source`);
    await shot(page, tab.toLowerCase());
  }
  await page.getByText('Revision').first().waitFor();

  // Two people: who saves second is told, and nothing is overwritten.
  await page.getByRole('tab', { name: 'Overview' }).click();
  await page.getByRole('button', { name: 'Edit' }).click();
  await page.getByLabel('Domain').fill('mine');
  const now = await details();
  const theirs = `theirs_${Date.now()}`;
  await api('PATCH', `/api/v1/sources/${encodeURIComponent(SOURCE)}/description`, { expected_revision: now.revision, domain: theirs });
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByText('Somebody else changed it meanwhile').waitFor();
  assert.equal((await details()).domain, theirs);
  await page.getByRole('button', { name: 'Show theirs' }).click();
  await page.getByText(theirs, { exact: true }).waitFor();

  // As it was.
  const { revision } = await details();
  await api('PATCH', `/api/v1/sources/${encodeURIComponent(SOURCE)}/description`, {
    expected_revision: revision,
    domain,
    fields: { [field.name]: { description: field.description, unit: field.unit } },
  });
}
