export const title = 'sign in, by password and by link; what a role does not have; a session that ends amid work';

const PASSWORD = 'a password for ada';

export async function run({ open, api, cli, assert, axe, shot, url, dataDir, token }) {
  await api('POST', '/api/v1/users', { name: 'ada', full_name: 'Ada Lovelace', roles: ['viewer'], teams: ['post'], password: PASSWORD });

  // who is nobody is asked to sign in, and led to where they wanted to go
  const page = await open({ as: null, path: '/settings/access-log?range=24h' });
  await page.getByRole('heading', { name: 'Sign in to Backlot' }).waitFor();
  assert.equal(new URL(page.url()).searchParams.get('to'), '/settings/access-log?range=24h');
  await axe(page, 'the sign-in');
  await shot(page, 'sign-in');
  await page.getByLabel('Name').fill('ada');
  await page.getByLabel('Password', { exact: true }).fill('not her password');
  await page.keyboard.press('Enter');
  await page.getByRole('alert').getByText('the name or the password is wrong').waitFor();
  await shot(page, 'wrong');
  await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'Access log' }).waitFor();
  assert.equal(new URL(page.url()).search, '?range=24h');
  const cookie = (await page.context().cookies()).find(({ name }) => name.startsWith('backlot_'));
  assert.deepEqual([cookie.httpOnly, cookie.sameSite, cookie.path], [true, 'Strict', '/']);
  assert.equal(await page.evaluate(() => document.cookie), '');

  // the menu says what she may, and the navigation leaves out what she may not
  await page.getByRole('button', { name: 'Account of ada' }).click();
  await page.getByText('only what has no tag').waitFor();
  await axe(page, 'the menu of the account');
  await shot(page, 'menu');
  await page.keyboard.press('Escape');
  const main = page.getByRole('navigation', { name: 'Main' });
  assert.equal(await main.getByRole('link', { name: 'People' }).count(), 0);
  await page.goto('/settings/people');
  await page.getByText('Only admins see who may sign in').waitFor();
  await axe(page, 'a page that one may not see');

  // what she may not do says why, also to who comes by keyboard, and does nothing
  await page.goto('/pipelines/movie_report');
  const pause = page.getByRole('button', { name: 'Pause' });
  await pause.waitFor();
  const reason = (control) => control.evaluate((element) => document.getElementById(element.getAttribute('aria-describedby')).textContent);
  assert.equal(await pause.getAttribute('aria-disabled'), 'true');
  assert.equal(await reason(pause), 'Needs the role builder in the team “studio-tech”; you have viewer. Ask an admin.');
  for (let i = 0; i < 60 && !(await pause.evaluate((element) => element === document.activeElement)); i++) await page.keyboard.press('Tab');
  await page.getByRole('tooltip').getByText('Needs the role builder').waitFor();
  await page.keyboard.press('Enter');
  assert.equal(await page.getByRole('dialog').count(), 0);
  await axe(page, 'controls that one may not use');
  await shot(page, 'may-not');
  await page.getByRole('button', { name: 'More actions' }).click();
  await page.keyboard.press('ArrowDown');
  const entry = page.getByRole('menuitem', { name: 'Delete' });
  assert.deepEqual(await entry.evaluate((element) => [element === document.activeElement, element.ariaDisabled]), [true, 'true']);
  assert.match(await reason(entry), /Needs the role builder/);
  await axe(page, 'an entry that one may not use');
  await shot(page, 'may-not-menu');
  await page.keyboard.press('Escape');
  await page.goto('/pipelines/new');
  await page.getByText('You may not build a pipeline').waitFor();

  // what an admin gives her holds at once, and only for her team's things
  await api('PUT', '/api/v1/users/ada', { full_name: 'Ada Lovelace', roles: ['builder'], teams: ['studio-tech'], clearances: [] });
  await page.getByRole('button', { name: 'Open the editor' }).waitFor();
  await page.goto('/pipelines/movie_report');
  await pause.waitFor();
  assert.equal(await pause.getAttribute('aria-disabled'), null);
  await page.goto('/pipelines/deal_desk');
  await pause.waitFor();
  assert.equal(await reason(pause), 'Only the team “business-affairs” may do this; you are in “studio-tech”. Ask them, or an admin.');
  await api('PUT', '/api/v1/users/ada', { full_name: 'Ada Lovelace', roles: ['viewer'], teams: ['post'], clearances: [] });

  // her session ends while she types; nothing of it is lost
  await page.goto('/settings/access-log');
  await page.getByLabel('To which').fill('half a na');
  const { password } = await api('POST', '/api/v1/users/ada/reset-password', {});
  const dialog = page.getByRole('dialog', { name: 'Your session has ended' });
  await dialog.waitFor();
  await axe(page, 'the sign-in over a page');
  await shot(page, 'ended');
  await dialog.getByLabel('Password', { exact: true }).fill(password);
  await page.keyboard.press('Enter');
  await dialog.waitFor({ state: 'detached' });
  assert.equal(await page.getByLabel('To which').inputValue(), 'half a na');

  // and signs out
  await page.getByRole('button', { name: 'Account of ada' }).click();
  await page.getByRole('menuitem', { name: 'Sign out' }).click();
  await page.getByRole('heading', { name: 'Sign in to Backlot' }).waitFor();
  await page.goto('/');
  await page.getByRole('heading', { name: 'Sign in to Backlot' }).waitFor();

  // a link of the command line signs in once, and stands in no address
  const { out: link, code } = await cli('sign-in-link', '--data-dir', dataDir);
  assert.equal(code, 0);
  const fresh = await open({ as: null, path: new URL(link.trim()).pathname + new URL(link.trim()).hash });
  await fresh.getByRole('navigation', { name: 'Main' }).waitFor();
  assert.equal(fresh.url(), `${url}/`);
  const again = await open({ as: null, path: new URL(link.trim()).pathname + new URL(link.trim()).hash });
  await again.getByRole('alert').getByText('the link was used already').waitFor();
  await shot(again, 'link-used');

  // another site does not get anywhere with the cookie or a lost link
  const evil = await fetch(`${url}/api/v1/session`, { headers: { Origin: 'http://evil.example', Authorization: `Bearer ${token}` } });
  assert.equal(evil.status, 403);
}
