import type { Keyless } from './document';

/** The part of a table's facts that decides whether it can be chosen. */
export interface Choosable {
  name: string;
  schema: string;
  keyless: string;
  full_row: boolean;
  partitioned: boolean;
  obstacle: string;
}

/** Which tables a document names. */
export interface Selection {
  include: string[];
  exclude: string[];
  keyless: Keyless;
}

const PLAIN = /^[A-Za-z_][A-Za-z0-9_$]*$/;

/** A schema's name as a pattern has it. */
export function quoted(name: string): string {
  return PLAIN.test(name) ? name : `"${name.replaceAll('"', '""')}"`;
}

/** The pattern that takes all tables of a schema, also those that come later. */
export function schemaPattern(schema: string): string {
  return `${quoted(schema)}.*`;
}

/** Whether a table is chosen, and by what. */
export function chosenBy({ include, exclude }: Selection, table: Choosable): 'name' | 'pattern' | null {
  if (exclude.some((pattern) => matches(pattern, table))) return null;
  if (include.includes(table.name)) return 'name';
  return include.some((pattern) => matches(pattern, table)) ? 'pattern' : null;
}

/** Why a table can't be captured as the document stands; empty when it can. */
export function obstacleTo(keyless: Keyless, table: Choosable): string {
  if (table.obstacle !== '') return table.obstacle;
  if (table.keyless === '' || keyless === 'append') return '';
  if (keyless === 'refuse') return table.keyless;
  if (table.partitioned) return 'It has no key and is partitioned, which whole rows do not allow. Give it a key, or take inserts only.';
  return table.full_row ? '' : `Its updates and deletes do not tell the whole row. Run: ALTER TABLE ${table.name} REPLICA IDENTITY FULL;`;
}

/** The selection with a table taken in or out, by its name where a pattern does not do it. */
export function toggled(selection: Selection, table: Choosable, wanted: boolean): Selection {
  const by = chosenBy(selection, table);
  if (wanted) {
    if (by !== null) return selection;
    const exclude = selection.exclude.filter((name) => name !== table.name);
    return chosenBy({ ...selection, exclude }, table) === null
      ? { ...selection, exclude, include: [...selection.include, table.name] }
      : { ...selection, exclude };
  }
  const include = selection.include.filter((name) => name !== table.name);
  const left = chosenBy({ ...selection, include }, table);
  return { ...selection, include, exclude: left === null ? selection.exclude : [...selection.exclude, table.name] };
}

/** The selection with a whole schema, future tables included, or without. */
export function withSchema(selection: Selection, schema: string, tables: Choosable[], wanted: boolean): Selection {
  const pattern = schemaPattern(schema);
  const names = new Set(tables.filter((table) => table.schema === schema).map((table) => table.name));
  const include = selection.include.filter((name) => name !== pattern && !names.has(name));
  const exclude = selection.exclude.filter((name) => !names.has(name));
  if (!wanted) return { ...selection, include, exclude };
  const refused = tables.filter((table) => table.schema === schema && obstacleTo(selection.keyless, table) !== '').map((table) => table.name);
  return { ...selection, include: [...include, pattern], exclude: [...exclude, ...refused] };
}

function matches(pattern: string, table: Choosable): boolean {
  if (pattern === table.name) return true;
  if (!pattern.includes('*')) return false;
  const parts = /^((?:"(?:[^"]|"")*"|[^."])+)\.((?:"(?:[^"]|"")*"|[^."])+)$/.exec(pattern);
  if (parts?.[1] === undefined || parts[2] === undefined) return false;
  const table_ = table.name.slice(quoted(table.schema).length + 1);
  return part(parts[1], quoted(table.schema)) && part(parts[2], table_);
}

function part(pattern: string, name: string): boolean {
  if (pattern.startsWith('"') || !pattern.includes('*')) return pattern === name;
  const plain = name.startsWith('"') ? name.slice(1, -1).replaceAll('""', '"') : name;
  const escaped = pattern.split('*').map((text) => text.replaceAll(/[\\^$.|?+()[\]{}]/g, String.raw`\$&`));
  return new RegExp(`^${escaped.join('.*')}$`, 's').test(plain);
}
