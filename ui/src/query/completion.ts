import { autocompletion, type Completion, type CompletionContext, type CompletionResult } from '@codemirror/autocomplete';
import type { Extension } from '@codemirror/state';
import type { Answer } from '../api/api';

export type Catalog = Answer<'/api/v1/query/catalog'>;
type Relation = Catalog['relations'][number];

const KEYWORDS =
  'SELECT FROM WHERE GROUP BY ORDER HAVING LIMIT OFFSET JOIN LEFT RIGHT FULL INNER CROSS ON USING AS AND OR NOT IN IS NULL LIKE ILIKE BETWEEN CASE WHEN THEN ELSE END DISTINCT UNION ALL EXCEPT INTERSECT WITH ASC DESC NULLS FIRST LAST EXISTS CAST OVER PARTITION QUALIFY FILTER INTERVAL TRUE FALSE'.split(
    ' ',
  );
const PLAIN = /^[A-Za-z_][A-Za-z0-9_$]*$/;
const IDENTIFIER = String.raw`(?:"(?:[^"]|"")*"|[A-Za-z_][A-Za-z0-9_$]*)`;

/** Completes tables, columns, functions and keywords from what there really is. */
export function completing(catalog: Catalog | undefined): Extension {
  return autocompletion({ override: [completionsOf(catalog)], icons: true, activateOnTyping: true });
}

/** What can stand at a place of a statement. */
export function completionsOf(catalog: Catalog | undefined): (context: CompletionContext) => CompletionResult | null {
  const functions: Completion[] = (catalog?.functions ?? []).map((name) => ({ label: name, type: 'function', apply: `${name}(`, boost: -2 }));
  const keywords: Completion[] = KEYWORDS.map((word) => ({ label: word, type: 'keyword', boost: -1 }));
  const relations = catalog?.relations ?? [];
  return (context) => {
    const text = context.state.doc.toString();
    const before = text.slice(0, context.pos);
    const dotted = new RegExp(String.raw`((?:${IDENTIFIER}\.)+)("?[A-Za-z0-9_$]*)$`).exec(before);
    if (dotted?.[1] !== undefined) {
      return { from: context.pos - (dotted[2] ?? '').length, options: behind(dotted[1].slice(0, -1), relations, text), validFor: /^"?[\w$]*$/ };
    }
    const word = context.matchBefore(/[A-Za-z_][\w$]*/);
    if (word === null && !context.explicit) return null;
    const from = word?.from ?? context.pos;
    const naming = /\b(?:from|join)\s+$/i.test(text.slice(0, from)) || /\bfrom\s[^()]*,\s*$/i.test(text.slice(0, from));
    const tables = relations.map(table);
    if (naming) return { from, options: tables, validFor: /^[\w$.]*$/ };
    const columns = named(relations, text).flatMap((relation) => relation.columns.map((column) => columnOf(column, relation)));
    const found = columns.length > 0 ? columns : [];
    return { from, options: [...unique(found), ...tables, ...keywords, ...functions], validFor: /^[\w$]*$/ };
  };
}

/** What may stand behind a dot: tables of a namespace, columns of a table or of what is called like this in the statement. */
function behind(path: string, relations: Relation[], text: string): Completion[] {
  const whole = relations.filter((relation) => relation.name === path || `lake.${relation.name}` === path);
  if (whole.length > 0) return whole.flatMap((relation) => relation.columns.map((column) => columnOf(column, relation)));
  const inside = relations.filter((relation) => relation.name.startsWith(`${path}.`));
  if (inside.length > 0) return inside.map((relation) => ({ ...table(relation), label: relation.name.slice(path.length + 1) }));
  const alias = aliases(text).get(path.toLowerCase());
  const relation = relations.find((one) => one.name === alias);
  return relation === undefined ? [] : relation.columns.map((column) => columnOf(column, relation));
}

/** The tables that a statement names. */
export function named(relations: Relation[], text: string): Relation[] {
  const names = new Set(aliases(text).values());
  return relations.filter((relation) => names.has(relation.name));
}

/** Which table each alias, or table's own name, stands for. */
function aliases(text: string): Map<string, string> {
  const found = new Map<string, string>();
  const pattern = new RegExp(String.raw`\b(?:from|join)\s+((?:lake\.)?${IDENTIFIER}\.${IDENTIFIER})(?:\s+(?:as\s+)?(${IDENTIFIER}))?`, 'gi');
  const listed = new RegExp(String.raw`,\s*((?:lake\.)?${IDENTIFIER}\.${IDENTIFIER})(?:\s+(?:as\s+)?(${IDENTIFIER}))?`, 'gi');
  for (const regex of [pattern, listed]) {
    for (const [, full = '', alias] of text.matchAll(regex)) {
      const name = full.replace(/^lake\./i, '');
      found.set(name.toLowerCase(), name);
      found.set((name.split('.').at(-1) ?? '').toLowerCase(), name);
      if (alias !== undefined && !KEYWORDS.includes(alias.toUpperCase())) found.set(alias.toLowerCase(), name);
    }
  }
  return found;
}

function table(relation: Relation): Completion {
  return { label: relation.name, type: relation.kind === 'view' ? 'interface' : 'class', detail: relation.kind === 'view' ? 'latest rows' : 'all changes', boost: relation.kind === 'view' ? 2 : 1 };
}

function columnOf(column: Relation['columns'][number], relation: Relation): Completion {
  const key = relation.key.includes(column.name) ? ', key' : '';
  return {
    label: column.name,
    apply: PLAIN.test(column.name) ? column.name : `"${column.name.replaceAll('"', '""')}"`,
    type: 'property',
    detail: `${column.type}${key}`,
    ...(column.doc === '' ? {} : { info: column.doc }),
    boost: column.name.startsWith('_') ? 0 : 3,
  };
}

function unique(options: Completion[]): Completion[] {
  return [...new Map(options.map((option) => [option.label, option])).values()];
}
