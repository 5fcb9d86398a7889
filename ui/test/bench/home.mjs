// How heavy Home is and how soon it can be used, cold, before a real platform with the demo in it. Prints one line of JSON,
// which ./dev bench page-home reads. --quick: few rounds.
import { gzipSync } from 'node:zlib';
import { launch } from '../e2e/browser.mjs';
import { startPlatform } from '../journeys/platform.mjs';
import { stage } from '../journeys/stage.mjs';

const rounds = process.argv.includes('--quick') ? 3 : 20;
const KIB = 1024;

const platform = await startPlatform();
const browser = await launch();
try {
  const loads = [];
  for (let round = 0; round < rounds; round++) {
    const scene = await stage(browser, platform, { name: 'bench' });
    loads.push(await load(scene));
    await scene.close();
  }
  const times = loads.map(({ interactive }) => interactive).sort((a, b) => a - b);
  const shown = loads.map(({ content }) => content).sort((a, b) => a - b);
  const script = Math.max(...loads.map((one) => one.script));
  const style = Math.max(...loads.map((one) => one.style));
  console.log(
    JSON.stringify({
      configuration: {
        page: 'Home of the demo, signed in, nothing in the cache, Chromium of this machine, server on loopback',
        interactive: 'from the start of navigation until Home shows data and a press of / has opened the palette',
        rounds: String(rounds),
      },
      figures: {
        'script, gzipped': `${(script / KIB).toFixed(0)} KiB in ${loads[0].scripts} files`,
        'style sheets, gzipped': `${(style / KIB).toFixed(0)} KiB`,
        'data shown': `${at(shown, 0.5)} ms p50, ${shown.at(-1)} ms at most`,
        interactive: `${at(times, 0.5)} ms p50, ${at(times, 0.95)} ms p95, ${times.at(-1)} ms at most`,
      },
      bars: [
        { figure: 'script, gzipped KiB', measured: script / KIB, below: 300 },
        { figure: 'interactive, seconds (p50)', measured: at(times, 0.5) / 1000, below: 1.5 },
      ],
      checks: [`${rounds} loads showed the demo's pipelines`],
    }),
  );
} finally {
  await browser.close();
  await platform.stop();
}

/** Loads Home in a new page of a signed-in browser and uses it. */
async function load({ page }) {
  const context = page.context();
  const fresh = await context.newPage();
  const session = await context.newCDPSession(fresh);
  await session.send('Network.setCacheDisabled', { cacheDisabled: true });
  const bodies = [];
  fresh.on('response', (response) => {
    const type = response.request().resourceType();
    if (type === 'script' || type === 'stylesheet') bodies.push(response.body().then((body) => ({ type, size: gzipSync(body).length })));
  });
  await fresh.goto('/', { waitUntil: 'commit' });
  await fresh.getByRole('main').getByText('movie_report').first().waitFor();
  const content = await fresh.evaluate(() => Math.round(performance.now()));
  await fresh.keyboard.press('/');
  await fresh.getByRole('combobox', { name: 'Search' }).waitFor();
  const interactive = await fresh.evaluate(() => Math.round(performance.now()));
  const sizes = await Promise.all(bodies);
  await fresh.close();
  const sum = (type) => sizes.filter((one) => one.type === type).reduce((total, one) => total + one.size, 0);
  return {
    content,
    interactive,
    script: sum('script'),
    style: sum('stylesheet'),
    scripts: sizes.filter((one) => one.type === 'script').length,
  };
}

function at(ordered, share) {
  return ordered[Math.min(ordered.length - 1, Math.floor(ordered.length * share))];
}
