import { begin, write } from './40-builder-drag.mjs';

export const title = 'two people edit one pipeline: a conflict, and nothing lost';

const NAME = 'built_by_two';
const TEXT = `apiVersion: backlot/v1
kind: Pipeline
name: ${NAME}
steps:
  - {id: movies, source: studio.public.movie}
  - id: active
    processor: filter
    from: movies
    config: {where: "phase <> 'CANCELLED'"}
  - {id: out, sink: iceberg, from: active, config: {table: studio.${NAME}}}
`;

export async function run({ page, open, assert, axe, shot, until, api }) {
  await begin(api, NAME, TEXT);
  const saved = async () => (await api('GET', `/api/v1/pipelines/${NAME}/document`)).draft.text;
  await page.goto(`/pipelines/${NAME}/edit?node=active`);
  const other = await open({ path: `/pipelines/${NAME}/edit?node=active` });
  const where = (from) => from.getByRole('complementary', { name: 'Step active' }).getByRole('textbox', { name: 'Keep rows where' });
  await where(page).waitFor();
  await where(other).waitFor();

  // What one saves, the other sees, as long as nothing is unsaved there.
  await write(other, where(other), "title LIKE 'A%'");
  await page.getByText(/changed this pipeline; you see it as it is now/).waitFor();
  await until('the other’s change shows', async () => (await where(page).textContent())?.includes("'A%'"));

  // Both write at once: what this page saves is on its way until the other one has saved.
  let arrive;
  const arrived = new Promise((resolve) => {
    arrive = resolve;
  });
  await page.route('**/api/v1/drafts/**', async (route) => {
    await arrived;
    await route.continue();
  });
  await write(page, where(page), "title LIKE 'MINE%'");
  await write(other, where(other), "title LIKE 'THEIRS%'");
  await until('the other one has saved', async () => (await saved()).includes('THEIRS'));
  arrive();
  const dialog = page.getByRole('dialog', { name: /changed this pipeline too/ });
  await dialog.waitFor();
  await dialog.getByText("title LIKE 'MINE%'").waitFor();
  await dialog.getByText("title LIKE 'THEIRS%'").waitFor();
  assert.match(await saved(), /THEIRS/);
  await axe(page, 'a conflict');
  await shot(page, 'conflict');

  await dialog.getByRole('radio', { name: 'Yours' }).check();
  await dialog.getByRole('button', { name: 'Go on with this' }).click();
  await until('mine is saved over theirs, as chosen', async () => (await saved()).includes('MINE'));
  await other.getByText(/changed this pipeline; you see it as it is now/).waitFor();
  await other.getByRole('button', { name: 'Undo' }).click();
  await until('theirs can still be brought back', async () => (await saved()).includes('THEIRS'));

  // A revision that was deployed meanwhile is not overwritten either.
  const text = await saved();
  await page.getByRole('button', { name: 'Review and deploy' }).click();
  await page.getByText(`write studio.${NAME}`).waitFor();
  await api('POST', '/api/v1/apply', { files: [{ name: 'cli', text: text.replace('THEIRS', 'CLI') }], expected_revision: 0 });
  const late = await api('POST', '/api/v1/apply', { files: [{ name: 'late', text }], expected_revision: 0 }).then(
    () => 'applied',
    (failure) => failure.message,
  );
  assert.match(late, /409.*revision 1/s);
  const deployed = page.getByRole('dialog', { name: /changed this pipeline too/ });
  await deployed.getByText(/Revision 1 was deployed/).waitFor();
  await deployed.getByRole('button', { name: 'All yours' }).click();
  await deployed.getByRole('button', { name: 'Go on with this' }).click();
  await page.getByText('since revision 1').waitFor();
  await api('DELETE', `/api/v1/pipelines/${NAME}`);
}
