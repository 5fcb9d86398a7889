export const title = 'the shell: keyboard, themes, an address that is none';

export async function run({ page, assert, axe, shot }) {
  await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Home' }).waitFor();

  await page.keyboard.press('/');
  const field = page.getByRole('combobox', { name: 'Search' });
  await field.fill('home');
  await shot(page, 'palette');
  await page.keyboard.press('Enter');
  await field.waitFor({ state: 'detached' });

  await page.goto('/settings/nowhere');
  await page.getByText('There is no page at this address').waitFor();
  await axe(page, 'an address that is none');
  assert.equal(await page.title(), 'No such page: Backlot');
}
