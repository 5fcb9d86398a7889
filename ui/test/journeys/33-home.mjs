import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export const title = 'Home: what moves, jobs, alerts; the server goes away and comes back';

export async function run({ page, open, api, dataDir, until, axe, shot, assert }) {
  await page.goto('/');
  await page.getByRole('table', { name: 'Pipelines' }).getByRole('link', { name: 'movie_report' }).waitFor();
  await page.getByRole('region', { name: 'Pulse' }).getByText('records a second into tables').waitFor();
  await page.getByRole('heading', { name: 'Newest changes' }).waitFor();
  await axe(page, 'Home');
  await shot(page, 'home');
  const narrow = await open({ path: '/', viewport: { width: 390, height: 844 } });
  await narrow.getByRole('table', { name: 'Pipelines' }).getByRole('link', { name: 'movie_report' }).waitFor();
  await shot(narrow, 'home-narrow');
  assert.ok((await narrow.evaluate(() => document.documentElement.scrollWidth)) <= 390, 'a phone scrolls in one direction only');
  await narrow.close();

  // Held: what is shown stays while one reads.
  await page.getByRole('button', { name: 'Hold' }).click();
  await page.getByRole('button', { name: /Held at/ }).click();

  // A dump is a job that can be paused, goes on, and survives a reload.
  const dump = await api('POST', '/api/v1/sources/studio.public.movie/dumps', { chunk_rows: 20, delay: '2s' });
  await page.goto(`/jobs/dump-${dump.id}`);
  await page.getByRole('heading', { level: 1, name: 'Dump of studio.public.movie' }).waitFor();
  await page.getByRole('button', { name: 'Pause' }).click();
  await page.getByRole('dialog').getByText('goes on from there').waitFor();
  await page.getByRole('dialog').getByRole('button', { name: 'Pause' }).click();
  await page.getByText('Paused', { exact: true }).first().waitFor();
  await page.reload();
  await page.getByText('Paused', { exact: true }).first().waitFor();
  await axe(page, 'a paused job');
  await shot(page, 'job');
  await page.goto('/jobs?state=open');
  await page.getByRole('table', { name: /Jobs/ }).getByText('studio.public.movie').first().waitFor();
  await axe(page, 'the jobs');
  await shot(page, 'jobs');
  await api('POST', `/api/v1/dumps/${dump.id}/cancel`, {});
  await page.goto('/jobs?kind=backfill&state=open');
  await page.getByText('No job is like this filter.').waitFor();
  await page.goto('/settings/alerts');
  await page.getByRole('heading', { level: 1, name: 'Alerts' }).waitFor();
  await page.getByText(/told to nobody yet|Newest messages|Test/).first().waitFor();
  await axe(page, 'the alerts');
  await shot(page, 'alerts');

  // The server goes away: old data stay, stamped stale; it comes back, and they are live again.
  await page.goto('/');
  await page.getByRole('table', { name: 'Pipelines' }).getByRole('link', { name: 'movie_report' }).waitFor();
  // The file has the process's number and when it started.
  const pid = Number(readFileSync(join(dataDir, 'run', 'controller.pid'), 'utf8').split(/\s/)[0]);
  assert.ok(pid > 1);
  process.kill(pid, 'SIGKILL');
  await page.getByRole('alert').getByText('Stale: the server does not answer.').waitFor();
  await page.getByRole('table', { name: 'Pipelines' }).getByRole('link', { name: 'movie_report' }).waitFor();
  await shot(page, 'stale');
  await until('the server is back', async () => {
    try {
      return await api('GET', '/api/v1/health');
    } catch {
      return false;
    }
  }, 120);
  await page.getByRole('alert').getByText('Stale: the server does not answer.').waitFor({ state: 'detached', timeout: 60_000 });
  const before = await page.getByRole('region', { name: 'Pulse' }).innerText();
  await until('Home moves again', async () => (await page.getByRole('region', { name: 'Pulse' }).innerText()) !== before);
}
