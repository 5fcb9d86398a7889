import { readFileSync } from 'node:fs';

export const title = 'every page, its tabs included: nothing for axe in light and dark, no complaint, readable at 390 px';

// What stands for the parameters of routes; a route whose parameter is missing here fails.
const EXAMPLES = {
  'sources/:name': ['studio.public.movie'],
  'tables/:name': ['studio.movie_report'],
  'connections/:id': ['studio'],
  'connections/:id/edit': ['studio'],
  'endpoints/:id': ['studio_edge'],
  'pipelines/:id': ['movie_report'],
  'pipelines/:id/edit': ['movie_report'],
  'pipelines/:id/revisions/:n': ['movie_report', '1'],
  'audits/:id': ['studio.movie_report'],
};

// Shown by journeys of their own, which know of one.
const ELSEWHERE = ['incidents/:id', 'jobs/:id', 'audits/:id/runs/:run', 'data/:table/rows/:key'];

export async function run({ open, page, assert, axe, shot, home }) {
  const routes = [...readFileSync(`${home}/ui/src/shell/routes.tsx`, 'utf8').matchAll(/\bpath: '([^']*)'/g)].map(([, path]) => path);
  assert.ok(routes.length > 5, 'the routes were not found');
  const narrow = await open({ viewport: { width: 390, height: 844 } });
  for (const route of routes.filter((path) => !ELSEWHERE.includes(path))) {
    const path = filled(route, assert);
    await page.goto(path);
    await settled(page);
    const tabs = await page.getByRole('tab').count();
    for (let tab = 0; tab < Math.max(1, tabs); tab++) {
      if (tab > 0) {
        await page.getByRole('tab').nth(tab).click();
        await settled(page);
      }
      const where = `${path}${tab > 0 ? ` (tab ${tab + 1})` : ''}`;
      await axe(page, where);
      await shot(page, `${route.replaceAll(/[^a-z]+/g, '-') || 'home'}${tab > 0 ? `-${tab + 1}` : ''}`);
    }
    await narrow.goto(path);
    await settled(narrow);
    const wide = await narrow.evaluate(() => document.documentElement.scrollWidth);
    assert.ok(wide <= 391, `${path} is ${wide} px wide in a window of 390`);
  }
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
