import { readFileSync } from 'node:fs';

export const title = 'a query: completed by keyboard, a mistake is underlined, a long one is cancelled, a result is sorted, exported and saved';

export async function run({ page, assert, axe, shot, until, query }) {
  await until('the report has rows', async () => (await query('SELECT count(*) AS n FROM studio.movie_report_latest').catch(() => [{ n: 0 }]))[0].n > 100, 120);
  page.setDefaultTimeout(90_000);
  await page.goto('/query');
  const editor = page.getByRole('textbox', { name: 'SQL' });

  // completion, by keys alone
  await editor.click();
  await page.keyboard.type('SELECT title, movie_id FROM studio.movie_report_l');
  await page.getByRole('option', { name: /movie_report_latest/ }).first().waitFor();
  await axe(page, 'a completion'); // takes longer than a list must have stood before Enter is for it
  await page.keyboard.press('Enter');
  await page.keyboard.type(' m WHERE m.produc');
  await page.getByRole('option', { name: /production_budget/ }).waitFor();
  await until('Tab takes it', async () => {
    await page.keyboard.press('Tab');
    return (await editor.innerText()).includes('production_budget');
  });
  await page.keyboard.type(' > 1000 ORDER BY movie_id LIMIT 50');
  assert.equal((await editor.innerText()).replace(/\s+/g, ' ').trim(), 'SELECT title, movie_id FROM studio.movie_report_latest m WHERE m.production_budget > 1000 ORDER BY movie_id LIMIT 50');
  await page.keyboard.press('Control+Enter');
  const grid = page.getByRole('grid', { name: 'Result' });
  await grid.getByRole('gridcell').first().waitFor();
  await page.getByText('50 rows').waitFor();
  await page.waitForURL(/sql=SELECT/);
  await axe(page, 'a result');
  await shot(page, 'result');

  // sorting is in view only; keys move between cells
  const first = await grid.getByRole('gridcell').first().innerText();
  await grid.getByRole('columnheader', { name: /movie_id/ }).getByRole('button').click();
  await grid.getByRole('columnheader', { name: /movie_id/ }).getByRole('button').click();
  assert.notEqual(await grid.getByRole('gridcell').first().innerText(), first);
  await grid.getByRole('gridcell').first().focus();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowRight');
  await page.locator('[data-cell="1-1"]:focus').waitFor();

  // a mistake
  await type(page, editor, 'SELECT title,\n  budgett\nFROM studio.movie_report_latest');
  await page.keyboard.press('Control+Enter');
  await page.getByText(/Line 2, column 3: .*budgett/).waitFor();
  await page.locator('.cm-lintRange-error').waitFor();
  assert.equal(await page.locator('.cm-lintRange-error').innerText(), 'budgett');
  await axe(page, 'a mistake');

  // a long one is cancelled, and the server is free again
  await type(page, editor, 'SELECT sum(a.range * b.range) FROM range(10000000) a, range(10000000) b');
  await page.keyboard.press('Control+Enter');
  await page.getByRole('button', { name: 'Cancel', exact: true }).click();
  await page.getByText(/0 rows, cancelled/).waitFor();

  // a large one is drawn only where it shows
  await type(page, editor, "SELECT range AS n, 'row ' || range AS text FROM range(100000)");
  await page.getByRole('combobox', { name: 'Rows shown at most' }).click();
  await page.getByRole('option', { name: '100,000 rows' }).click();
  await editor.click();
  await page.keyboard.press('Control+Enter');
  await page.getByRole('status').getByText('100,000 rows', { exact: true }).waitFor();
  await until('all rows are there', async () => (await grid.getAttribute('aria-rowcount')) === '100001');
  assert.ok((await grid.getByRole('row').count()) < 120, 'only what shows is drawn');

  // export: as it downloads, and no formula in it
  await type(page, editor, "SELECT '=1+1' AS text, -5 AS number");
  await page.keyboard.press('Control+Enter');
  await page.getByText('1 row', { exact: true }).waitFor();
  await page.getByRole('button', { name: 'Export', exact: true }).click();
  const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('menuitem', { name: 'CSV, all rows' }).click()]);
  assert.equal(download.suggestedFilename(), 'query.csv');
  assert.equal(readFileSync(await download.path(), 'utf8'), "text,number\r\n'=1+1,-5\r\n");

  // saved, found again by its address
  await page.getByLabel('Save as').fill('Journey');
  await page.getByRole('button', { name: 'Save the query' }).click();
  await page.getByRole('button', { name: 'Journey', exact: true }).click();
  await page.waitForURL(/saved=\d+/);
  await page.reload();
  await editor.getByText("'=1+1'").waitFor();
  await page.getByRole('button', { name: 'Delete Journey' }).click();
  await page.getByRole('button', { name: 'Journey', exact: true }).waitFor({ state: 'detached' });
}

async function type(page, editor, text) {
  await editor.click();
  await page.keyboard.press('Control+a');
  await page.keyboard.press('Delete');
  await editor.fill(text);
}
