// npm run generate: types of the API client from the controller's OpenAPI document, when that is newer.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, statSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const changed = (path) => (existsSync(path) ? statSync(path).mtimeMs : 0);
const target = here('../src/api/schema.ts');
const document = here('../../controller/src/main/resources/openapi.yaml');
const lock = here('package-lock.json');

if (changed(target) < Math.max(changed(document), changed(lock), changed(here('generate.mjs')))) {
  if (changed(here('node_modules/.package-lock.json')) < changed(lock)) {
    execFileSync('npm', ['ci', '--no-audit', '--no-fund'], { cwd: here('.'), stdio: ['ignore', 'ignore', 'inherit'] });
  }
  const { default: openapiTS, astToString } = await import('openapi-typescript');
  const types = astToString(await openapiTS(pathToFileURL(document)));
  mkdirSync(dirname(target), { recursive: true });
  writeFileSync(target, types);
}
