// What a journey has at hand; README.md here lists it.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import AxeBuilder from '@axe-core/playwright';
import pg from 'pg';
import { tokenOf } from './platform.mjs';

const AA = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];

/** Sets a stage for one journey, in a browser context of its own. */
export async function stage(browser, platform, { name, shots }) {
  const { url, dataDir, home } = platform;
  const token = tokenOf(dataDir);
  const contexts = [];
  const said = [];
  let database;

  const api = async (method, path, body, as = token) => {
    const response = await fetch(url + path, {
      method,
      headers: { 'Content-Type': 'application/json', ...(as ? { Authorization: `Bearer ${as}` } : {}) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path} gave ${response.status}: ${text}`);
    return text === '' ? undefined : JSON.parse(text);
  };

  const cli = (...words) =>
    new Promise((resolve) => {
      execFile(
        join(home, 'backlot'),
        words,
        { env: { ...process.env, BACKLOT_SERVER: url, BACKLOT_TOKEN: token }, maxBuffer: 64 * 1024 * 1024 },
        (error, out, err) => resolve({ code: error ? (error.code ?? 1) : 0, out, err }),
      );
    });

  const sql = async (text, values) => {
    if (database === undefined) {
      const studio = (await api('GET', '/api/v1/connections/studio?proof=false')).spec.config;
      database = new pg.Client({
        host: 'localhost',
        port: studio.port,
        database: 'studio',
        user: 'postgres',
        password: readFileSync(join(dataDir, 'studio.password'), 'utf8').trim(),
      });
      await database.connect();
    }
    return (await database.query(text, values)).rows;
  };

  const open = async ({ as, path = '/', ...context } = {}) => {
    const made = await browser.newContext({ viewport: { width: 1280, height: 900 }, reducedMotion: 'reduce', baseURL: url, ...context });
    contexts.push(made);
    const page = await made.newPage();
    page.setDefaultTimeout(30_000);
    page.on('console', (entry) => {
      if (entry.type() === 'error' && !entry.text().startsWith('Failed to load resource')) said.push(entry.text());
    });
    page.on('pageerror', (error) => said.push(error.stack ?? error.message));
    await signIn(page, as);
    await page.goto(path);
    return page;
  };

  /** Signs a browser context in as a user, by a link as `./backlot sign-in-link` makes them; as nobody when that is null. */
  const signIn = async (page, as = 'admin') => {
    if (as === null) return;
    const link = await api('POST', `/api/v1/users/${encodeURIComponent(as)}/sign-in-link`, {});
    const code = new URL(link.url).hash.replace('#code=', '');
    const answer = await page.context().request.post('/api/v1/session', { data: { code } });
    assert.equal(answer.status(), 200, await answer.text());
  };

  const theme = async (page, colorScheme) => {
    await page.emulateMedia({ colorScheme });
    await page.waitForFunction((dark) => matchMedia('(prefers-color-scheme: dark)').matches === dark, colorScheme === 'dark');
  };

  const axe = async (page, where) => {
    for (const scheme of ['light', 'dark']) {
      await theme(page, scheme);
      const { violations } = await new AxeBuilder({ page }).withTags(AA).analyze();
      const found = violations.map(({ id, help, nodes }) => `${id}: ${help}\n  ${nodes.map((node) => node.html.slice(0, 300)).join('\n  ')}`);
      assert.equal(found.join('\n'), '', `axe finds something in ${where} (${scheme})`);
    }
    await theme(page, 'light');
  };

  const shot = async (page, what) => {
    if (!shots) return;
    mkdirSync(shots, { recursive: true });
    for (const scheme of ['light', 'dark']) {
      await theme(page, scheme);
      await page.screenshot({ path: join(shots, `${name}-${what}-${scheme}.png`) });
    }
    await theme(page, 'light');
  };

  const until = async (what, probe, seconds = 60) => {
    const deadline = Date.now() + seconds * 1000;
    for (;;) {
      const found = await probe();
      if (found) return found;
      if (Date.now() > deadline) throw new Error(`waited ${seconds} s in vain: ${what}`);
      await pause(200);
    }
  };

  return {
    url,
    dataDir,
    home,
    token,
    assert,
    page: await open(),
    open,
    api,
    cli,
    sql,
    query: (text) => api('POST', '/api/v1/query', { sql: text, format: 'rows' }),
    until,
    axe,
    shot,
    complaints: () => assert.deepEqual(said, [], 'the console complains'),
    record: async () => {
      mkdirSync('test-results', { recursive: true });
      const pages = contexts.flatMap((context) => context.pages());
      await Promise.all(pages.map((page, i) => page.screenshot({ path: `test-results/${name}-failed-${i}.png` }).catch(() => {})));
    },
    close: async () => {
      await Promise.all(contexts.map((context) => context.close()));
      await database?.end();
    },
  };
}
