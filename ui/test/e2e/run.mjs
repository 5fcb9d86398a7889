// npm run test:e2e [-- URL]: the page in a real browser. Without a URL, before a made-up platform; with one, before the
// platform there, through a small relay, so that the server can be taken away and given back without touching it.
import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer, request as forward } from 'node:http';
import AxeBuilder from '@axe-core/playwright';
import { replay } from '../replay/server.mjs';
import { launch } from './browser.mjs';

const AA = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];
const url = process.argv[2];
const browser = await launch();
const results = [];

/** Passes everything on to a platform; what it is told to `drop` looks like a dead server. */
async function relay(target) {
  const base = new URL(target);
  const server = createServer((incoming, outgoing) => {
    const headers = { ...incoming.headers, host: base.host };
    if (headers.origin) headers.origin = base.origin;
    const options = { host: base.hostname, port: base.port, path: incoming.url, method: incoming.method, headers };
    const upstream = forward(options, (answer) => {
      outgoing.writeHead(answer.statusCode, answer.headers);
      outgoing.flushHeaders();
      answer.pipe(outgoing);
    });
    upstream.on('error', () => outgoing.destroy());
    outgoing.on('close', () => upstream.destroy());
    incoming.pipe(upstream);
  });
  const listen = (port) => new Promise((resolve) => server.listen(port, '127.0.0.1', resolve));
  await listen(0);
  const { port } = server.address();
  return {
    url: `http://localhost:${port}`,
    drop: () =>
      new Promise((resolve) => {
        server.close(resolve);
        server.closeAllConnections();
      }),
    restore: () => listen(port),
  };
}

async function check(name, body) {
  const begin = Date.now();
  const result = { name, error: null };
  try {
    await body();
    console.log(`ok      ${name}`);
  } catch (error) {
    result.error = error.stack;
    console.log(`FAILED  ${name}\n${error.stack}`);
  }
  results.push({ ...result, seconds: (Date.now() - begin) / 1_000 });
}

/** Writes the results as JUnit does, for whoever counts. */
function report() {
  const escaped = (text) => text.replace(/[<>&"]/g, (c) => `&#${c.charCodeAt(0)};`);
  const cases = results.map(({ name, error, seconds }) =>
    error === null
      ? `  <testcase classname="ui.e2e" name="${escaped(name)}" time="${seconds}"/>`
      : `  <testcase classname="ui.e2e" name="${escaped(name)}" time="${seconds}">\n    <failure>${escaped(error)}</failure>\n  </testcase>`,
  );
  mkdirSync('test-results', { recursive: true });
  writeFileSync('test-results/e2e.xml', `<testsuite name="ui.e2e">\n${cases.join('\n')}\n</testsuite>\n`);
}

/**
 * A page that collects what the console complains about. Motion is reduced unless asked for: contrast can't be judged in
 * the middle of a fade.
 */
async function open(address, options = {}) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, reducedMotion: 'reduce', ...options });
  const page = await context.newPage();
  page.setDefaultTimeout(30_000);
  const complaints = [];
  page.on('console', (entry) => ['error', 'warning'].includes(entry.type()) && complaints.push(entry.text()));
  page.on('pageerror', (error) => complaints.push(error.message));
  await page.goto(address);
  return { page, complaints };
}

const live = (page) => page.getByRole('status').filter({ hasText: 'Live' }).waitFor();

async function noViolations(page) {
  const { violations } = await new AxeBuilder({ page }).withTags(AA).analyze();
  const found = violations.map((v) => `${v.id}: ${v.help}\n  ${v.nodes.map((n) => `${n.target} ${n.any.map((a) => a.message)}`).join('\n  ')}`);
  assert.deepEqual(found, []);
}

async function showsThePlatform(address) {
  for (const colorScheme of ['light', 'dark']) {
    for (const width of [1280, 390]) {
      await check(`live data, no violations, no complaints (${colorScheme}, ${width} px)`, async () => {
        const { page, complaints } = await open(address, { colorScheme, viewport: { width, height: 900 } });
        await live(page);
        for (const heading of ['movie_report', 'deal_desk', 'work_calendar']) {
          await page.getByRole('heading', { name: heading, exact: true }).waitFor();
        }
        await page.getByRole('rowheader', { name: 'movie', exact: true }).waitFor();
        const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
        assert.ok(overflow <= 0, `the page is ${overflow} px too wide`);
        const dark = await page.evaluate(() => getComputedStyle(document.body).backgroundColor);
        assert.equal(dark === 'rgb(18, 17, 20)', colorScheme === 'dark', `background ${dark}`);
        await noViolations(page);
        assert.deepEqual(complaints, []);
        await page.context().close();
      });
    }
  }

  await check('rows arrive, and a list keeps still under the pointer', async () => {
    const { page } = await open(address, { reducedMotion: 'no-preference' });
    await live(page);
    const panel = page.locator('section[aria-labelledby="rows"] table').first();
    await panel.locator('tbody tr').first().waitFor({ timeout: 60_000 });
    const top = () => panel.locator('tbody tr').first().getAttribute('data-id');
    const first = await top();
    await expectSoon(async () => (await top()) !== first, 'no new row arrived');
    await panel.hover();
    const held = await top();
    await page.waitForTimeout(4_000);
    assert.equal(await top(), held);
    await page.mouse.move(0, 0);
    await expectSoon(async () => (await top()) !== held, 'rows did not go on');
    await page.context().close();
  });

  await check('the page can be held, and follows again', async () => {
    const { page } = await open(address);
    await live(page);
    await page.getByRole('button', { name: 'Hold' }).click();
    await page.getByRole('status').filter({ hasText: 'Held at' }).waitFor();
    const text = await page.locator('main').innerText();
    await page.waitForTimeout(3_000);
    assert.equal(await page.locator('main').innerText(), text);
    await page.getByRole('button', { name: 'Follow' }).click();
    await live(page);
    await page.context().close();
  });
}

async function survivesALostServer(server) {
  await check('a lost server leaves stale data, stamped, and the page comes back by itself', async () => {
    const { page } = await open(server.url);
    await live(page);
    await page.getByRole('heading', { name: 'movie_report', exact: true }).waitFor();
    await server.drop();
    const notice = page.getByRole('alert').filter({ hasText: 'Stale: everything below is as of' });
    await notice.waitFor();
    await page.getByRole('heading', { name: 'movie_report', exact: true }).waitFor();
    await noViolations(page);
    await server.restore();
    await live(page);
    assert.equal(await notice.count(), 0);
    await page.context().close();
  });
}

async function expectSoon(condition, message) {
  const end = Date.now() + 30_000;
  while (!(await condition())) {
    if (Date.now() > end) throw new assert.AssertionError({ message });
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

async function showsEveryScenario() {
  const texts = {
    starting: ['First dump', 'Catching up', 'Deploying', 'No rows have arrived yet'],
    trouble: ['Blocked: needs you', 'Failed', 'Paused', 'Degraded', 'Stopped'],
    empty: ['Nothing moves yet'],
  };
  for (const [scenario, expected] of Object.entries(texts)) {
    for (const colorScheme of ['light', 'dark']) {
      await check(`scenario '${scenario}' (${colorScheme})`, async () => {
        const server = await replay({ scenario });
        const { page, complaints } = await open(server.url, { colorScheme });
        await live(page);
        for (const text of expected) await page.getByText(text, { exact: false }).first().waitFor();
        await noViolations(page);
        assert.deepEqual(complaints, []);
        await page.context().close();
        await server.stop();
      });
    }
  }
  await check('an incident is acknowledged on the page, or the page says why not', async () => {
    const server = await replay({ scenario: 'trouble' });
    const { page } = await open(server.url);
    await live(page);
    const needs = page.getByRole('region', { name: /^Needs you/ });
    assert.equal(await needs.getByRole('listitem').count(), 3);
    server.state.refuse = 'Cannot acknowledge incident 7: it is over.';
    const row = needs.getByRole('listitem').filter({ hasText: 'studio.deal_desk' });
    await row.getByRole('button', { name: 'Acknowledge incident 7' }).click();
    await row.getByRole('alert').filter({ hasText: 'it is over' }).waitFor();
    await noViolations(page);
    server.state.refuse = undefined;
    await row.getByRole('button', { name: 'Acknowledge incident 7' }).click();
    await row.getByText('Acknowledged', { exact: true }).waitFor();
    await page.context().close();
    await server.stop();
  });
  await check('proof, heartbeats and the last hour stand on each pipeline', async () => {
    const server = await replay({ scenario: 'busy' });
    const { page, complaints } = await open(server.url);
    await live(page);
    assert.equal(await page.getByRole('region', { name: /^Needs you/ }).count(), 0);
    const card = page.getByRole('listitem').filter({ has: page.getByRole('heading', { name: 'movie_report', exact: true }) });
    await card.getByText(/proven equal as of \d/).waitFor();
    await card.getByText('heartbeat', { exact: true }).waitFor();
    await card.getByText(/^Behind, 1 h: up to \d/).waitFor();
    await card.getByText(/^Heartbeat, 1 h: up to \d/).waitFor();
    server.state.scenario = 'trouble';
    await card.getByText('silent', { exact: true }).waitFor();
    await page.getByText('differs from its source in 3 keys').waitFor();
    assert.deepEqual(complaints, []);
    await page.context().close();
    await server.stop();
  });
  await check('a server that never answers is named, with what to do', async () => {
    const server = await replay();
    const context = await browser.newContext({ reducedMotion: 'reduce' });
    const page = await context.newPage();
    await page.route('**/api/**', (route) => route.abort());
    await page.goto(server.url);
    await page.getByRole('alert').filter({ hasText: 'Cannot reach the server' }).waitFor();
    await noViolations(page);
    await page.context().close();
    await server.stop();
  });
}

try {
  const platform = url ? null : await replay();
  const server = await relay(url ?? platform.url);
  await showsThePlatform(server.url);
  await survivesALostServer(server);
  if (!url) await showsEveryScenario();
  await server.drop();
  await platform?.stop();
} finally {
  await browser.close();
}
report();
const failed = results.filter((result) => result.error !== null).length;
console.log(failed === 0 ? `All ${results.length} checks passed.` : `${failed} of ${results.length} checks failed.`);
process.exit(failed === 0 ? 0 : 1);
