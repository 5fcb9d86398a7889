// How smoothly the builder's canvas pans and zooms with 200 steps, before a real platform. Prints one line of JSON, which
// ./dev bench page-graph reads. --quick: few gestures; --url URL --data-dir DIR: a platform that runs already.
import { parseArgs } from 'node:util';
import { launch } from '../e2e/browser.mjs';
import { runningPlatform, startPlatform } from '../journeys/platform.mjs';
import { stage } from '../journeys/stage.mjs';

const { values: options } = parseArgs({
  options: { quick: { type: 'boolean' }, url: { type: 'string' }, 'data-dir': { type: 'string' } },
});
const gestures = options.quick ? 4 : 16;
const STEPS = 200;
const NAME = 'bench_graph';

const platform = options.url ? runningPlatform(options.url, options['data-dir']) : await startPlatform();
const browser = await launch();
try {
  const scene = await stage(browser, platform, { name: 'bench' });
  await scene.api('PUT', `/api/v1/drafts/${NAME}`, { text: wide(), version: 0, base_revision: 0 }).catch(() => {});
  const { page } = scene;
  await page.goto(`/pipelines/${NAME}/edit`);
  await page.locator('[data-node]').first().waitFor();
  await page.getByRole('button', { name: 'Show everything' }).click();
  await page.waitForFunction((least) => document.querySelectorAll('[data-node]').length >= least, STEPS);
  await page.getByRole('tab', { name: /Problems/ }).click();
  // Sampling and checking are over, so that only the canvas works.
  await page.waitForFunction(() => document.querySelector('[aria-busy=true]') === null, null, { timeout: 60_000 });
  const box = await page.locator('[data-canvas]').boundingBox();
  const middle = { x: box.x + box.width / 2, y: box.y + box.height / 2 };
  await page.evaluate(() => {
    window.frames_ = [];
    let last = performance.now();
    const frame = (now) => {
      window.frames_.push(now - last);
      last = now;
      requestAnimationFrame(frame);
    };
    requestAnimationFrame(frame);
  });
  for (let i = 0; i < gestures; i++) {
    await page.mouse.move(middle.x, middle.y);
    await page.mouse.wheel(0, i % 2 === 0 ? -240 : 240);
    await page.mouse.down({ button: 'left' });
    await page.mouse.move(middle.x + (i % 2 === 0 ? 260 : -260), middle.y + 60, { steps: 30 });
    await page.mouse.up();
  }
  const frames = (await page.evaluate(() => window.frames_.slice(2))).sort((a, b) => a - b);
  const at = (share) => frames[Math.min(frames.length - 1, Math.floor(frames.length * share))];
  console.log(
    JSON.stringify({
      configuration: {
        page: `the builder with ${STEPS} steps, Chromium of this machine, 1280 × 900`,
        gestures: `${gestures} wheel turns and drags over the canvas`,
      },
      figures: { 'frame time': `${at(0.5).toFixed(1)} ms p50, ${at(0.95).toFixed(1)} ms p95, ${frames.at(-1).toFixed(1)} ms at most` },
      bars: [{ figure: 'frame time, ms (p95)', measured: at(0.95), below: 50 }],
      checks: [`${frames.length} frames while panning and zooming`],
    }),
  );
  const { draft } = await scene.api('GET', `/api/v1/pipelines/${NAME}/document`);
  await scene.api('DELETE', `/api/v1/drafts/${NAME}?version=${draft.version}`);
  await scene.close();
} finally {
  await browser.close();
  await platform.stop();
}

/** Ten Sources' worth of chains, united into one table. */
function wide() {
  const steps = ['  - {id: movies, source: studio.public.movie}'];
  const ends = [];
  for (let chain = 0; chain < 18; chain++) {
    let from = 'movies';
    for (let step = 0; step < 11; step++) {
      const id = `f_${chain}_${step}`;
      steps.push(`  - {id: ${id}, processor: filter, from: ${from}, config: {where: "movie_id > ${step}"}}`);
      from = id;
    }
    ends.push(from);
  }
  steps.push(`  - {id: out, sink: iceberg, from: ${ends[0]}, config: {table: studio.${NAME}}}`);
  return `apiVersion: backlot/v1\nkind: Pipeline\nname: ${NAME}\nsteps:\n${steps.join('\n')}\n`;
}
