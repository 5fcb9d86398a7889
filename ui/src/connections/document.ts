import { isMap, parseDocument, type Document } from 'yaml';

/** A secret by its name: a variable of the environment, or a file of the secrets directory. */
export interface Secret {
  env?: string;
  file?: string;
}

/** What the form shows of a Connection's document. */
export interface Form {
  name: string;
  owner: string;
  description: string;
  host: string;
  port: string;
  database: string;
  user: string;
  password: Secret;
  tls: string;
  include: string[];
  exclude: string[];
  keyless: Keyless;
}

export type Keyless = 'refuse' | 'append' | 'full_row';

/** Where each field of the form stands in the document. */
const PLACES: Record<keyof Form, string[]> = {
  name: ['name'],
  owner: ['owner'],
  description: ['description'],
  host: ['config', 'host'],
  port: ['config', 'port'],
  database: ['config', 'database'],
  user: ['config', 'user'],
  password: ['config', 'password'],
  tls: ['config', 'tls', 'mode'],
  include: ['tables', 'include'],
  exclude: ['tables', 'exclude'],
  keyless: ['tables', 'keyless'],
};

/** The document with which a new connection begins. */
export const NEW = `apiVersion: backlot/v1
kind: Connection
name: ""
owner: ""
type: postgresql
config:
  host: localhost
  port: 5432
  database: ""
  user: ""
tables:
  include: []
`;

/** What a document says, as far as it can be read; the error is of its YAML. */
export function readForm(text: string): { form: Form; error: string } {
  const document = parseDocument(text);
  const form = {
    name: word(document, PLACES.name),
    owner: word(document, PLACES.owner),
    description: word(document, PLACES.description),
    host: word(document, PLACES.host),
    port: word(document, PLACES.port),
    database: word(document, PLACES.database),
    user: word(document, PLACES.user),
    password: secret(document),
    tls: word(document, PLACES.tls),
    include: list(document, PLACES.include),
    exclude: list(document, PLACES.exclude),
    keyless: (word(document, PLACES.keyless) || 'refuse') as Keyless,
  };
  return { form, error: document.errors[0]?.message.split('\n')[0] ?? '' };
}

/** The document with some fields changed; whatever else stands in it, comments included, stays. */
export function withFields(text: string, fields: Partial<Form>): string {
  const document = parseDocument(text);
  if (!isMap(document.contents)) return text;
  for (const [field, value] of Object.entries(fields) as [keyof Form, Form[keyof Form]][]) {
    const place = PLACES[field];
    if (isEmpty(field, value)) document.deleteIn(place);
    else document.setIn(place, field === 'port' && /^\d+$/.test(String(value)) ? Number(value) : document.createNode(value, { flow: field === 'password' }));
  }
  const tls = document.getIn(['config', 'tls']);
  if (isMap(tls) && tls.items.length === 0) document.deleteIn(['config', 'tls']);
  return document.toString({ lineWidth: 0 });
}

/** The document without choice of tables: what is checked before any is chosen. */
export function forChecking(text: string): string {
  const document = parseDocument(text);
  if (!isMap(document.contents)) return text;
  document.setIn(['tables'], document.createNode({ include: ['*.*'] }));
  if (document.getIn(['name']) === '') document.setIn(['name'], 'unnamed');
  return document.toString({ lineWidth: 0 });
}

function isEmpty(field: keyof Form, value: Form[keyof Form]): boolean {
  if (field === 'name' || field === 'owner' || field === 'include') return false;
  if (field === 'keyless') return value === 'refuse';
  if (Array.isArray(value)) return value.length === 0;
  return value === '' || (typeof value === 'object' && value.env === undefined && value.file === undefined);
}

function word(document: Document, place: string[]): string {
  const value = read(document, place);
  return value === null || value === undefined || typeof value === 'object' ? '' : String(value);
}

function list(document: Document, place: string[]): string[] {
  const value = read(document, place);
  return Array.isArray(value) ? value.map(String) : [];
}

function secret(document: Document): Secret {
  const value = read(document, PLACES.password);
  if (typeof value !== 'object' || value === null) return {};
  const { env, file } = value as Record<string, unknown>;
  return { ...(env === undefined ? {} : { env: String(env) }), ...(file === undefined ? {} : { file: String(file) }) };
}

function read(document: Document, place: string[]): unknown {
  const node = document.getIn(place) as { toJSON?: () => unknown } | undefined;
  return typeof node === 'object' && node !== null && 'toJSON' in node ? node.toJSON?.() : node;
}
