import { existsSync, readdirSync, readFileSync } from 'node:fs';

export const title = 'every page, its tabs included: nothing for axe in light and dark, no complaint, readable at 390 px';

// What stands for the parameters of routes; a route whose parameter is missing here fails.
const EXAMPLES = {
  'sources/:name': ['studio.public.movie'],
  'tables/:name': ['studio.movie_report'],
  'connections/:name': ['studio'],
  'connections/:name/edit': ['studio'],
  'endpoints/:name': ['studio_edge'],
  'pipelines/:id': ['movie_report'],
  'pipelines/:id/edit': ['movie_report'],
  'pipelines/:id/revisions/:n': ['movie_report', '1'],
  'audits/:id': ['studio.movie_report'],
};

// What narrows a page down that may have hundreds of rows all alike, which axe would look at for minutes.
const NARROWED = { 'settings/access-log': '?kind=token' };

// Shown by journeys of their own, which know of one.
const ELSEWHERE = ['incidents/:id', 'jobs/:id', 'audits/:id/runs/:run', 'data/:table/rows/:key', 'sources/:name/rows/:key'];

// What nobody who is signed in sees.
const SIGNED_OUT = ['sign-in'];

// How many pages are looked at side by side.
const LANES = 2;

export async function run({ open, assert, axe, shot, home }) {
  const routes = routesOf(`${home}/ui/src`);
  assert.ok(routes.length > 25, 'the routes were not found');
  const troubles = [];
  // All pages are looked at before any of them fails the journey.
  const attempt = async (where, step) => {
    try {
      await step();
    } catch (trouble) {
      console.log(`        ${where}: ${trouble.message}`);
      troubles.push(where);
    }
  };
  const look = async (route, wide, small) => {
    const path = filled(route, assert);
    const shotName = route.replaceAll(/[^a-z]+/g, '-') || 'home';
    await attempt(`${path} on a phone`, async () => {
      await small.goto(path);
      await settled(small);
      const width = await small.evaluate(() => document.documentElement.scrollWidth);
      assert.ok(width <= 391, `it is ${width} px wide in a window of 390`);
    });
    await attempt(path, async () => {
      await wide.goto(path + (NARROWED[route] ?? ''));
      await settled(wide);
      assert.equal(new URL(wide.url()).pathname, path, 'the page is somewhere else');
      assert.deepEqual(await wide.getByText(/^(There is no page at this address|The page ran into a fault|Could not )/).allInnerTexts(), []);
      await axe(wide, path);
      await shot(wide, shotName);
    });
    const tabs = await wide.getByRole('tab').count();
    for (let tab = 1; tab < tabs; tab++) {
      const where = `${path} (tab ${tab + 1})`;
      await attempt(where, async () => {
        await wide.getByRole('tab').nth(tab).click();
        await settled(wide);
        assert.deepEqual(await wide.getByText(/^Could not /).allInnerTexts(), []);
        await axe(wide, where);
        await shot(wide, `${shotName}-${tab + 1}`);
      });
    }
  };
  const opened = async (signedOut) => {
    const who = signedOut ? { as: null, path: '/sign-in' } : {};
    const pages = [await open(who), await open({ ...who, viewport: { width: 390, height: 844 } })];
    for (const page of pages) page.setDefaultTimeout(90_000);
    return pages;
  };
  const waiting = routes.filter((path) => !ELSEWHERE.includes(path) && !SIGNED_OUT.includes(path));
  const lane = async () => {
    const pages = await opened(false);
    for (let route = waiting.shift(); route !== undefined; route = waiting.shift()) await look(route, ...pages);
  };
  await Promise.all(Array.from({ length: LANES }, lane));
  const outside = await opened(true);
  for (const route of SIGNED_OUT) await look(route, ...outside);
  assert.deepEqual(troubles, []);
}

/** Of every folder that has routes. */
function routesOf(folder) {
  return readdirSync(folder)
    .map((part) => `${folder}/${part}/routes.tsx`)
    .filter((file) => existsSync(file))
    .flatMap((file) => [...readFileSync(file, 'utf8').matchAll(/\bpath: '([^']*)'/g)].map(([, path]) => path));
}

function filled(route, assert) {
  const values = EXAMPLES[route] ?? [];
  let at = 0;
  const path = route.replaceAll(/:\w+/g, () => encodeURIComponent(values[at++] ?? ''));
  assert.equal(at, values.length, `there is no example for the route ${route}`);
  return `/${path}`;
}

/** Waits until a page shows what it has to show. */
async function settled(page) {
  await page.locator('h1').first().waitFor();
  await page.waitForFunction(() => document.querySelector('[aria-busy=true]') === null);
}
