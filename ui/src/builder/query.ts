import type { components } from '../api/schema';

type Graph = components['schemas']['Graph'];
export type GraphType = Graph['types'][number];
export type GraphField = GraphType['fields'][number];

/** A selected field as a query has it, with where its braces stand. */
interface Selected {
  key: string;
  children: Selected[] | null;
  /** Behind the name and arguments. */
  end: number;
  /** Of the closing brace, where there is one. */
  close: number;
}

interface Token {
  text: string;
  start: number;
  end: number;
}

/** Splits a query into names, marks and braces; comments and texts are passed over. */
function tokens(query: string): Token[] {
  const found: Token[] = [];
  const pattern = /#[^\n]*|"""[\s\S]*?"""|"(?:\\.|[^"\\\n])*"|\.\.\.|[_A-Za-z]\w*|[{}()[\]:!=@$,|]|-?\d[\w.]*/g;
  for (const match of query.matchAll(pattern)) {
    const text = match[0];
    if (text.startsWith('#') || text === ',') continue;
    found.push({ text, start: match.index, end: match.index + text.length });
  }
  return found;
}

/** The selections of a query, by response key; null when its braces don't fit. */
export function selections(query: string): Selected[] | null {
  const all = tokens(query);
  let i = 0;
  const skip = (open: string, close: string) => {
    let depth = 0;
    do {
      if (all[i]?.text === open) depth++;
      if (all[i]?.text === close) depth--;
      i++;
    } while (depth > 0 && i < all.length);
  };
  const set = (): { children: Selected[]; close: number } | null => {
    const children: Selected[] = [];
    i++;
    while (i < all.length && all[i]?.text !== '}') {
      const token = all[i] as Token;
      if (token.text === '...') {
        i++;
        while (i < all.length && all[i]?.text !== '{' && all[i]?.text !== '}') {
          i++;
          if (all[i - 2]?.text === '...' && all[i - 1]?.text !== 'on') break;
        }
        if (all[i]?.text === '{') {
          const inner = set();
          if (inner === null) return null;
          children.push(...inner.children);
        }
        continue;
      }
      if (!/^[_A-Za-z]/.test(token.text)) return null;
      let key = token.text;
      let end = token.end;
      i++;
      if (all[i]?.text === ':') {
        end = all[i + 1]?.end ?? end;
        i += 2;
      }
      if (all[i]?.text === '(') {
        skip('(', ')');
        end = all[i - 1]?.end ?? end;
      }
      while (all[i]?.text === '@') {
        i += 2;
        if (all[i]?.text === '(') skip('(', ')');
        end = all[i - 1]?.end ?? end;
      }
      const inner = all[i]?.text === '{' ? set() : undefined;
      if (inner === null) return null;
      children.push({ key, children: inner?.children ?? null, end, close: inner?.close ?? -1 });
      key = '';
    }
    if (i >= all.length) return null;
    return { children, close: (all[i++] as Token).start };
  };
  while (i < all.length && all[i]?.text !== '{') {
    if (all[i]?.text === '(') skip('(', ')');
    else i++;
  }
  return i < all.length ? (set()?.children ?? null) : null;
}

/** Lets a query ask for a path below its root's items too; null when it can't be understood. */
export function addPath(query: string, path: string[]): string | null {
  const roots = selections(query);
  let at = roots?.[0];
  if (at === undefined) return null;
  const rest = [...path];
  while (rest.length > 0) {
    const next: Selected | undefined = at.children?.find((child) => child.key === rest[0]);
    if (next === undefined) break;
    at = next;
    rest.shift();
  }
  if (rest.length === 0) return query;
  const written = rest.reduceRight((inner, key) => (inner === '' ? key : `${key} { ${inner} }`), '');
  if (at.close < 0) return `${query.slice(0, at.end)} { ${written} }${query.slice(at.end)}`;
  const before = query.slice(0, at.close);
  const several = /\n[ \t]*$/.exec(before);
  if (several === null) return `${before.trimEnd()} ${written} ${query.slice(at.close)}`;
  const indent = several[0].slice(1);
  return `${before.slice(0, before.length - indent.length)}${indent}  ${written}\n${indent}${query.slice(at.close)}`;
}

/** A root field that enrichment can ask. */
export interface Root {
  field: GraphField;
  /** Whether many rows share a request. */
  many: boolean;
}

/** The root fields that give objects for keys. */
export function roots(graph: Graph): Root[] {
  const types = new Map(graph.types.map((type) => [type.name, type]));
  return (types.get(graph.query)?.fields ?? []).flatMap((field) => {
    const list = field.type.startsWith('[');
    const lists = field.args.filter((arg) => arg.list);
    const objects = (types.get(field.of)?.fields.length ?? 0) > 0;
    const fits = list ? lists.length === 1 && field.args.filter((arg) => arg.required).length <= 1 : lists.length === 0;
    return objects && fits && field.args.length > 0 ? [{ field, many: list }] : [];
  });
}

/** A query of a root field, with what fills and matches it as far as names tell. */
export function written(
  graph: Graph,
  root: Root,
  fields: readonly string[],
  key: readonly string[],
): { query: string; variables: Record<string, string>; match: Record<string, string> } {
  const { field, many } = root;
  const args = field.args.filter((arg) => arg.required || (many && arg.list));
  const asked = args.length > 0 ? args : field.args.slice(0, 1);
  const leaf = keyField(graph, field.of);
  const guess = key[0] ?? fields[0] ?? '';
  const head = asked.map((arg) => `$${arg.name}: ${arg.type}`).join(', ');
  const given = asked.map((arg) => `${arg.name}: $${arg.name}`).join(', ');
  const byName = (name: string) => fields.find((each) => each === name || each === singular(name)) ?? guess;
  return {
    query: `query (${head}) {\n  ${field.name}(${given}) {\n    ${leaf}\n  }\n}\n`,
    variables: Object.fromEntries(asked.map((arg) => [arg.name, byName(arg.name)])),
    match: many ? { [leaf]: guess } : {},
  };
}

function singular(name: string): string {
  return name.replace(/s$/, '');
}

function keyField(graph: Graph, of: string): string {
  const fields = graph.types.find((type) => type.name === of)?.fields ?? [];
  const ids = fields.filter((field) => field.of === 'ID');
  return (fields.find((field) => field.name === 'id') ?? ids[0] ?? fields.find((field) => field.args.length === 0))?.name ?? '__typename';
}

/** A column's name for a path of an answer. */
export function columnFor(path: string, taken: readonly string[]): string {
  const words = path.split('.').map((key) => key.replaceAll(/([a-z0-9])([A-Z])/g, '$1_$2').toLowerCase());
  for (let from = words.length - 1; from >= 0; from--) {
    const name = words.slice(from).join('_');
    if (!taken.includes(name) && !(from > 0 && ['id', 'name', 'title', 'code', 'type'].includes(name))) return name;
  }
  const name = words.join('_');
  for (let i = 2; ; i++) if (!taken.includes(`${name}_${i}`)) return taken.includes(name) ? `${name}_${i}` : name;
}
