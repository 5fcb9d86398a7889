import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export const title = 'people, tokens and the access log';

export async function run({ page, open, api, url, dataDir, token: admins, assert, axe, shot, until }) {
  const stamp = Date.now();
  const [name, fullName, program] = [`grace_${stamp}`, `Grace Hopper ${stamp}`, `dashboards_${stamp}`];

  // add a person, all by keyboard
  await page.goto('/settings/people');
  await page.getByRole('button', { name: 'Add a person' }).first().click();
  const adding = page.getByRole('dialog', { name: 'Add a person' });
  await adding.getByLabel('Name', { exact: true }).fill(name);
  await adding.getByLabel('Full name').fill(fullName);
  await adding.getByLabel('Builder').check();
  await adding.getByLabel('Teams').first().fill('vfx');
  await page.keyboard.press('Enter');
  await axe(page, 'the form for a person');
  await shot(page, 'add');
  await adding.getByRole('button', { name: 'Add', exact: true }).click();
  await adding.getByText('It is shown only this once').waitFor();
  const password = await adding.locator('code').innerText();
  await shot(page, 'password');
  await adding.getByRole('button', { name: 'Done' }).click();
  const row = page.getByRole('row').filter({ hasText: fullName });
  await row.waitFor();
  assert.match(await row.innerText(), /builder, viewer[\s\S]*vfx/);
  await axe(page, 'people');
  await shot(page, 'people');

  // her session, and what an admin changes of her holds at once
  const hers = await open({ as: null, path: '/sign-in' });
  await hers.getByLabel('Name').fill(name);
  await hers.getByLabel('Password', { exact: true }).fill(password);
  await hers.keyboard.press('Enter');
  await hers.getByRole('button', { name: `Account of ${name}` }).waitFor();
  await row.click();
  const detail = page.getByRole('dialog', { name });
  await detail.getByLabel('Admin').check();
  await shot(page, 'person');
  await axe(page, 'a person');
  await detail.getByRole('button', { name: 'Save' }).click();
  await detail.getByText('Saved.').waitFor();
  await hers.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'People' }).waitFor();

  // a token of a service, told once
  await page.goto('/settings/tokens');
  await page.getByRole('button', { name: 'New token' }).first().click();
  const form = page.getByRole('dialog', { name: 'New token' });
  await form.getByLabel('Name', { exact: true }).fill(program);
  await form.getByLabel('Of a service').check();
  await axe(page, 'the form for a token');
  await shot(page, 'new-token');
  await form.getByRole('button', { name: 'Create' }).click();
  await form.getByText('It is shown only this once').waitFor();
  const token = await form.locator('code').innerText();
  await form.getByRole('button', { name: 'Done' }).click();
  const call = (path) => fetch(url + path, { headers: { Authorization: `Bearer ${token}` } });
  assert.equal((await call('/api/v1/pipelines?proof=false')).status, 200);
  assert.equal((await call('/api/v1/users')).status, 403);
  await axe(page, 'tokens');
  await shot(page, 'tokens');
  await page.getByRole('row').filter({ hasText: program }).getByRole('button', { name: 'Revoke' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Revoke' }).click();
  await page.getByRole('row').filter({ hasText: program }).waitFor({ state: 'detached' });
  assert.equal((await call('/api/v1/pipelines?proof=false')).status, 401);

  // all of it is in the log, with filters in the address
  await page.goto('/settings/access-log?kind=token');
  await page.getByRole('row').filter({ hasText: program }).first().waitFor();
  const text = await page.getByRole('table', { name: 'Access log' }).innerText();
  assert.ok(!text.includes(token), 'the log tells the token');
  await axe(page, 'the access log');
  await shot(page, 'log');
  await page.getByRole('row').filter({ hasText: 'delete' }).first().click();
  await page.getByRole('dialog', { name: 'delete token' }).getByText('127.0.0.1').waitFor();
  await shot(page, 'entry');
  await page.keyboard.press('Escape');
  await page.getByLabel('Who').fill('nobody at all');
  await page.getByText('No entry passes these filters.').waitFor();
  await page.getByRole('button', { name: 'Show everything' }).click();
  await until('the log shows everything', async () => (await page.getByRole('table', { name: 'Access log' }).count()) === 1);

  // no log file has a secret in it
  const cookie = (await page.context().cookies()).find((one) => one.name.startsWith('backlot_')).value;
  for (const file of readdirSync(join(dataDir, 'logs'))) {
    const log = readFileSync(join(dataDir, 'logs', file), 'utf8');
    for (const secret of [admins, token, password, cookie]) assert.ok(!log.includes(secret), `${file} has a secret in it`);
  }

  // readable on a phone
  const phone = await open({ path: '/settings/people', viewport: { width: 390, height: 844 } });
  await phone.getByRole('heading', { name: 'People' }).waitFor();
  const wider = await phone.evaluate(() => document.documentElement.scrollWidth > innerWidth + 1);
  assert.equal(wider, false, 'the page is wider than a phone');
  await shot(phone, 'phone');
  await api('DELETE', `/api/v1/users/${name}`);
}
