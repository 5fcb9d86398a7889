// npm run test:journeys: see README.md here.
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { launch } from '../e2e/browser.mjs';
import { startPlatform, runningPlatform } from './platform.mjs';
import { stage } from './stage.mjs';

const { values: options } = parseArgs({
  options: {
    url: { type: 'string' },
    'data-dir': { type: 'string' },
    only: { type: 'string', multiple: true },
    shots: { type: 'string' },
    keep: { type: 'boolean' },
  },
});

const here = fileURLToPath(new URL('.', import.meta.url));
const HELPERS = ['run.mjs', 'platform.mjs', 'stage.mjs'];
const files = readdirSync(here)
  .filter((file) => file.endsWith('.mjs') && !HELPERS.includes(file))
  .filter((file) => !options.only || options.only.some((word) => file.includes(word)))
  .sort();

const platform = options.url ? runningPlatform(options.url, options['data-dir']) : await startPlatform();
const browser = await launch();
const results = [];
try {
  for (const file of files) {
    const begin = Date.now();
    const journey = await import(`./${file}`);
    const name = `${file.replace('.mjs', '')}: ${journey.title}`;
    const scene = await stage(browser, platform, { name: file.replace('.mjs', ''), shots: options.shots });
    let error = null;
    try {
      await journey.run(scene);
      scene.complaints();
      console.log(`ok      ${name} (${Math.round((Date.now() - begin) / 1000)} s)`);
    } catch (failure) {
      error = failure;
      await scene.record();
      console.log(`FAILED  ${name}\n${failure.stack}`);
    }
    await scene.close();
    results.push({ name, error, seconds: (Date.now() - begin) / 1000 });
  }
} finally {
  await browser.close();
  if (!options.keep) await platform.stop();
}

const escaped = (text) => text.replace(/[<>&"]/g, (c) => `&#${c.charCodeAt(0)};`);
mkdirSync('test-results', { recursive: true });
writeFileSync(
  'test-results/journeys.xml',
  `<testsuite name="ui.journeys">\n${results
    .map(({ name, error, seconds }) =>
      error === null
        ? `  <testcase classname="ui.journeys" name="${escaped(name)}" time="${seconds}"/>`
        : `  <testcase classname="ui.journeys" name="${escaped(name)}" time="${seconds}">\n    <failure>${escaped(String(error.stack))}</failure>\n  </testcase>`,
    )
    .join('\n')}\n</testsuite>\n`,
);
if (results.length === 0) console.log('There is no such journey');
process.exitCode = results.length > 0 && results.every(({ error }) => error === null) ? 0 : 1;
