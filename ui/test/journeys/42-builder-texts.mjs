import { begin, node, write } from './40-builder-drag.mjs';

export const title = 'YAML and canvas are one document: comments stay, problems stand at node and line, undo is one history';

const NAME = 'built_as_text';
const TEXT = `# Kept: who reads this.
apiVersion: backlot/v1
kind: Pipeline
name: ${NAME}
steps:
  - {id: movies, source: studio.public.movie}   # all of them
  # Only what is alive.
  - id: active
    processor: filter
    from: movies
    config: {where: "phase <> 'CANCELLED'"}
  - {id: out, sink: iceberg, from: active, config: {table: studio.${NAME}}}
`;

export async function run({ page, assert, axe, shot, until, api }) {
  await begin(api, NAME, TEXT);
  await page.goto(`/pipelines/${NAME}/edit?view=split&node=active`);
  const saved = async () => (await api('GET', `/api/v1/pipelines/${NAME}/document`)).draft.text;
  const yaml = page.getByRole('textbox', { name: 'The pipeline as YAML' });
  await node(page, 'active').waitFor();

  // The form changes its own characters of the text and no others.
  const drawer = page.getByRole('complementary', { name: 'Step active' });
  await write(page, drawer.getByRole('textbox', { name: 'Keep rows where' }), "title LIKE 'T%'");
  await until('the form’s change is saved', async () => (await saved()) === TEXT.replace("phase <> 'CANCELLED'", "title LIKE 'T%'"));

  // The YAML changes the canvas.
  await write(page, yaml, TEXT.replaceAll('active', 'alive'));
  await node(page, 'alive').waitFor();
  await until('the YAML’s change is saved', async () => (await saved()) === TEXT.replaceAll('active', 'alive'));

  // Another id by the form: references follow, comments stay.
  await page.getByRole('button', { name: 'Show everything' }).click();
  // A press on nothing moves nothing, and what stands there can still be clicked on.
  await page.locator('.react-flow__pane').click({ position: { x: 8, y: 8 } });
  await node(page, 'movies').click();
  const id = page.getByRole('complementary', { name: 'Step movies' }).getByLabel('Id');
  await id.fill('films');
  await id.press('Enter');
  await node(page, 'films').waitFor();
  const renamed = TEXT.replaceAll('active', 'alive').replace('{id: movies,', '{id: films,').replace('from: movies', 'from: films');
  await until('the new id is saved', async () => (await saved()) === renamed);

  // A bad predicate: at the node, in the list, at its line.
  await node(page, 'alive').click();
  await write(page, page.getByRole('complementary', { name: 'Step alive' }).getByRole('textbox', { name: 'Keep rows where' }), 'phaze = 1');
  await page.locator('[data-step=alive][data-problems]').waitFor();
  await page.getByRole('tab', { name: /^Problems/ }).click();
  const problem = page.getByRole('button', { name: /alive.*line 11.*phaze/ });
  await problem.waitFor();
  await axe(page, 'the builder with a problem');
  await shot(page, 'problem');
  await problem.click();
  await until('the cursor is at the line', async () => (await page.locator('.cm-activeLine').first().textContent())?.includes('phaze'));
  await page.locator('.cm-lintRange-error').first().waitFor();

  // One history: each undo takes back the last change, wherever it was made.
  await page.keyboard.press('ControlOrMeta+z');
  await page.locator('[data-step=alive][data-problems]').waitFor({ state: 'detached' });
  await page.keyboard.press('ControlOrMeta+z');
  await node(page, 'movies').waitFor();
  await page.getByRole('button', { name: 'Undo' }).click();
  await node(page, 'active').waitFor();
  await page.getByRole('button', { name: 'Undo' }).click();
  await until('everything is undone', async () => (await saved()) === TEXT);
  for (let i = 0; i < 3; i++) await page.getByRole('button', { name: 'Redo' }).click();
  await until('redone up to the new id', async () => (await saved()) === renamed);

  // Half-written YAML: the canvas keeps what can be read, the text is kept as it is.
  await write(page, yaml, `${TEXT}  - {id: half, processor: [`);
  await page.getByText('The YAML can’t be read as it is').waitFor();
  await node(page, 'active').waitFor();
  assert.match(await yaml.textContent(), /half/);
  const { draft } = await api('GET', `/api/v1/pipelines/${NAME}/document`);
  await api('DELETE', `/api/v1/drafts/${NAME}?version=${draft.version}`).catch(() => {});
}
