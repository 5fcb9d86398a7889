import type { Answer, Body } from '../api/api';
import { send } from '../api/api';

export type Source = Answer<'/api/v1/sources/{name}/details'>;
export type SourceField = Source['fields'][number];
export type Edit = Body<'/api/v1/sources/{name}/description', 'patch'>;

/** Writes what is said about a Source; what is left out stays. */
export function describe(source: Source, edit: Omit<Edit, 'expected_revision'>) {
  return send('patch', '/api/v1/sources/{name}/description', {
    path: { name: source.name },
    body: { ...edit, expected_revision: source.revision },
  });
}
