import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';

export const title = 'a database is connected: a failing check is mended by its own SQL, tables are chosen, Sources appear; a dump is paused, throttled and resumed';

const ROWS = 60_000;

export async function run({ page, dataDir, api, cli, sql, until, assert, axe, shot }) {
  const { port } = (await api('GET', '/api/v1/connections/studio?proof=false')).spec.config;
  mkdirSync(join(dataDir, 'secrets'), { recursive: true });
  writeFileSync(join(dataDir, 'secrets', 'shop_password'), 'a-secret-of-the-shop', { mode: 0o600 });
  page.setDefaultTimeout(150_000);
  // what a journey that broke off has left
  await gone(api, until);
  await sql('DROP DATABASE IF EXISTS shop WITH (FORCE)');
  await sql('DROP ROLE IF EXISTS shop');
  await sql("CREATE ROLE shop LOGIN PASSWORD 'a-secret-of-the-shop'");
  await sql('CREATE DATABASE shop OWNER shop');
  const shop = new pg.Client({ host: 'localhost', port, database: 'shop', user: 'shop', password: 'a-secret-of-the-shop' });
  await shop.connect();
  await shop.query('CREATE TABLE customer (id bigint PRIMARY KEY, email text, name text)');
  await shop.query(`INSERT INTO customer SELECT g, 'c' || g || '@example.com', 'Name ' || g FROM generate_series(1, ${ROWS}) g`);
  await shop.query('CREATE TABLE note (at timestamptz, text text)');
  await shop.query('ANALYZE');

  // where it is: a pasted address, whose password is not taken
  await page.goto('/connections');
  await page.getByRole('link', { name: 'Add a connection' }).first().click();
  await page.getByLabel('Address, if you have one').fill(`postgresql://shop:a-secret-of-the-shop@localhost:${port}/shop`);
  await page.getByText('The password was left out').waitFor();
  assert.ok(!(await page.getByLabel('Address, if you have one').inputValue()).includes('a-secret'));
  assert.ok(!(await page.content()).includes('a-secret-of-the-shop'), 'a password stands in the page');
  assert.equal(await page.getByLabel('Name', { exact: true }).inputValue(), 'shop');
  await page.getByText('File', { exact: true }).click();
  await page.getByRole('combobox', { name: 'Password' }).click();
  await page.getByRole('option', { name: 'shop_password' }).click();
  await axe(page, 'the form of a connection');

  // the first check fails, with SQL to copy
  await page.getByRole('button', { name: 'Check the database' }).click();
  const right = page.locator('[data-check="REPLICATION_RIGHT"]');
  await page.locator('[data-check="REPLICATION_RIGHT"][data-state="FAILED"]').waitFor();
  await page.getByText('One check failed. Mend it, then check again.').waitFor();
  await axe(page, 'failed checks');
  await shot(page, 'failed');
  const statement = await right.locator('pre').innerText();
  assert.match(statement, /^ALTER ROLE "shop" REPLICATION;$/);
  await sql(statement);
  await page.getByRole('button', { name: 'Check again' }).first().click();
  await page.getByText('The database can be captured.').waitFor();

  // tables: the one without a key says why
  await page.getByRole('button', { name: 'No key: why?' }).click();
  await page.getByText('ALTER TABLE public.note ADD PRIMARY KEY').waitFor();
  await page.getByText('email: pii?').waitFor();
  await page.getByLabel('Search tables').fill('cust');
  await page.getByRole('checkbox', { name: 'public.customer' }).check();
  await page.getByText('1 of 2 selected').waitFor();
  await page.getByText('1 Source is added').waitFor();
  await axe(page, 'choosing tables');
  await shot(page, 'tables');
  await page.getByRole('button', { name: 'Add the connection' }).click();
  await page.waitForURL('**/connections/shop');
  await page.getByRole('link', { name: 'public.customer' }).waitFor();
  await until('every row is dumped', async () => (await api('GET', '/api/v1/connections/shop/dumps')).items.some((dump) => dump.initial && dump.state === 'done'), 120);
  const document = (await api('GET', '/api/v1/connections/shop?proof=false')).spec;
  assert.deepEqual(document.config.password, { file: 'shop_password' });
  assert.deepEqual(document.tables.include, ['public.customer']);
  await until('rows are to be seen', async () => (await api('GET', '/api/v1/sources/shop.public.customer/sample')).rows.length === 20, 150);
  await axe(page, 'a connection');
  await shot(page, 'connection');

  // a dump: throttled so that it can be watched, paused, resumed
  await page.getByRole('button', { name: 'Dump…' }).click();
  await page.getByRole('combobox', { name: 'Source' }).click();
  await page.getByRole('option', { name: 'shop.public.customer' }).click();
  await page.getByText(/The last one, .* read 60,000 rows/).waitFor();
  await api('POST', '/api/v1/sources/shop.public.customer/dumps', { chunk_rows: 500, delay: '1s' });
  await page.keyboard.press('Escape');
  await page.getByRole('tab', { name: 'Dumps' }).click();
  const dump = page.getByRole('article');
  await dump.getByText(/of ~60,000 rows/).waitFor();
  await dump.getByRole('button', { name: 'Pause' }).click();
  await dump.getByText('Paused').waitFor();
  const [{ id, read_rows: before }] = (await api('GET', '/api/v1/connections/shop/dumps')).items;
  await axe(page, 'a paused dump');
  await shot(page, 'dump');
  await dump.getByText('Throttle').click();
  await dump.getByLabel('Rows a chunk').fill('20000');
  await dump.getByLabel('Rest between chunks').fill('0ms');
  await dump.getByRole('button', { name: 'Set' }).click();
  await until('the throttle is set', async () => (await api('GET', '/api/v1/connections/shop/dumps')).items.find((one) => one.id === id).chunk_rows === 20_000);
  await dump.getByRole('button', { name: 'Resume' }).click();
  const done = await until('the dump is done', async () => {
    const found = (await api('GET', '/api/v1/connections/shop/dumps')).items.find((one) => one.id === id);
    return found.state === 'done' ? found : null;
  }, 150);
  assert.ok(before < ROWS, 'it was paused before its end');
  assert.equal(done.read_rows, ROWS, 'it went on where it was');
  await page.getByText(/shop\.public\.customer: 60,000 rows/).first().waitFor();

  // by the same form another table is added, and the first one is left alone
  await page.getByRole('link', { name: 'Edit' }).click();
  await page.getByText('Inserts only', { exact: true }).click();
  await page.getByRole('checkbox', { name: 'public.note' }).check();
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByRole('link', { name: 'public.note' }).waitFor();
  const checked = await cli('check', '-f', write(dataDir, document));
  assert.equal(checked.code, 0, checked.out + checked.err);
  assert.match(checked.out, /ok +Replication slot: ours, in use/);

  await gone(api, until);
  await shop.end();
  await sql('DROP DATABASE shop');
  await sql('DROP ROLE shop');
}

/** Deletes the connection, and waits until capture has let the database go. */
async function gone(api, until) {
  const there = async () => (await api('GET', '/api/v1/connections?proof=false')).items.some((item) => item.name === 'shop');
  if (!(await there())) return;
  await api('DELETE', '/api/v1/connections/shop');
  await until('the connection is gone', async () => !(await there()), 150);
}

function write(directory, document) {
  const file = join(directory, 'shop.json');
  writeFileSync(file, JSON.stringify(document));
  return file;
}
