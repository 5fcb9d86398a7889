// node test/e2e/screenshots.mjs DIR [URL]: the page in every scenario (or at URL), theme and width, as PNG files.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { replay } from '../replay/server.mjs';
import { launch } from './browser.mjs';

const [dir = 'screenshots', url] = process.argv.slice(2);
mkdirSync(dir, { recursive: true });
const browser = await launch();
try {
  for (const scenario of url ? ['platform'] : (process.env.SCENARIOS ?? 'busy,starting,trouble,empty').split(',')) {
    const server = url ? null : await replay({ scenario, past: scenario === 'busy' ? 119 : 40 });
    for (const colorScheme of ['light', 'dark']) {
      for (const width of [1280, 390]) {
        const page = await browser.newPage({ colorScheme, viewport: { width, height: width === 390 ? 844 : 800 } });
        await page.goto(url ?? server.url);
        await page.getByRole('status').filter({ hasText: 'Live' }).waitFor();
        await page.waitForTimeout(url ? 6_500 : 2_500);
        await page.screenshot({ path: join(dir, `${scenario}-${colorScheme}-${width}.png`), fullPage: true });
        await page.close();
      }
    }
    await server?.stop();
  }
} finally {
  await browser.close();
}
