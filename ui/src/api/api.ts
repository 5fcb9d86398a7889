import { parse } from './exact';
import type { paths } from './schema';

type Method = 'get' | 'put' | 'post' | 'delete' | 'patch';
type Has<M extends Method> = { [P in keyof paths]: paths[P][M] extends object ? P : never }[keyof paths];
type Operation<P extends keyof paths, M extends Method> = NonNullable<paths[P][M]>;
type Parameters<O> = O extends { parameters: infer T } ? T : never;
type Given<T, K extends 'path' | 'query'> = T extends { [_ in K]?: infer V } ? V : undefined;
type JsonOf<T> = T extends { content: { 'application/json': infer B } } ? B : undefined;

/** Paths that can be read. */
export type Readable = Has<'get'>;

/** Paths to which something can be sent. */
export type Sendable<M extends Exclude<Method, 'get'>> = Has<M>;

/** What a path's parameters are. */
export interface Args<P extends keyof paths, M extends Method> {
  path?: NonNullable<Given<Parameters<Operation<P, M>>, 'path'>>;
  query?: NonNullable<Given<Parameters<Operation<P, M>>, 'query'>>;
}

/** What a path answers. */
export type Answer<P extends keyof paths, M extends Method = 'get'> =
  Operation<P, M> extends { responses: { 200: infer R } } ? JsonOf<R> : undefined;

/** What a path wants to be sent. */
export type Body<P extends keyof paths, M extends Method> =
  Operation<P, M> extends { requestBody?: infer R } ? JsonOf<NonNullable<R>> : undefined;

/** One thing that is wrong, as the server says it. */
export interface Problem {
  code: string;
  message: string;
  place?: { file?: string; line?: number; column?: number; path?: string };
}

/** The server's refusal, or its absence (status 0). */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    readonly problems: Problem[],
    readonly detail: Record<string, unknown> = {},
  ) {
    super(problems.map((problem) => problem.message).join('\n'));
    this.name = 'ApiError';
  }

  /** Whether nothing answered, so that nothing is known of the effect. */
  get unreachable(): boolean {
    return this.status === 0;
  }
}

const endedListeners = new Set<() => void>();

/** Calls back when the server asks for a new sign-in. Returns how to stop that. */
export function onSessionEnded(listener: () => void): () => void {
  endedListeners.add(listener);
  return () => endedListeners.delete(listener);
}

/** Tells that a session has ended, for whoever asks for a new sign-in. */
export function sessionEnded(): void {
  endedListeners.forEach((listener) => listener());
}

let csrf = '';

/** Sets what every change must carry; it comes with the session. */
export function setCsrf(token: string): void {
  csrf = token;
}

/** A path with its parameters in it, every part percent-encoded. */
export function urlOf<P extends keyof paths>(path: P, args: Args<P, Method> = {}): string {
  const values = (args.path ?? {}) as Record<string, unknown>;
  const filled = String(path).replaceAll(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(String(values[name])));
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries((args.query ?? {}) as Record<string, unknown>)) {
    for (const one of Array.isArray(value) ? value : [value]) {
      if (one !== undefined && one !== null && one !== '') query.append(name, String(one));
    }
  }
  const text = query.toString();
  return text === '' ? filled : `${filled}?${text}`;
}

/** Reads a path. Throws an ApiError when it can't be read. */
export function read<P extends Readable>(path: P, args?: Args<P, 'get'>, signal?: AbortSignal): Promise<Answer<P>> {
  return call('GET', urlOf(path, args as Args<P, Method>), undefined, signal) as Promise<Answer<P>>;
}

/** Sends something to a path. Throws an ApiError when it is refused. */
export function send<M extends Exclude<Method, 'get'>, P extends Sendable<M>>(
  method: M,
  path: P,
  options: Args<P, M> & { body?: Body<P, M>; signal?: AbortSignal } = {},
): Promise<Answer<P, M>> {
  const url = urlOf(path, options as Args<P, Method>);
  return call(method.toUpperCase(), url, options.body, options.signal) as Promise<Answer<P, M>>;
}

/**
 * Asks for any URL of the API: what `read` and `send` do once types are settled.
 *
 * @param understand reads an answer's text
 */
export async function call(method: string, url: string, body?: unknown, signal?: AbortSignal, understand: (text: string) => unknown = parse): Promise<unknown> {
  let response: Response;
  try {
    response = await fetch(url, {
      method,
      headers: headersOf(method, body),
      body: body === undefined ? null : JSON.stringify(body),
      signal: signal ?? null,
    });
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new ApiError(0, 'UNREACHABLE', [
      { code: 'UNREACHABLE', message: 'Cannot reach the server: it does not answer. Start it with ./backlot up.' },
    ]);
  }
  const text = await response.text();
  if (response.ok) return text === '' ? undefined : understand(text);
  throw failed(response.status, text);
}

/** The headers of a request. */
export function headersOf(method: string, body: unknown): Record<string, string> {
  const headers: Record<string, string> = { Accept: 'application/json' };
  if (body !== undefined) headers['Content-Type'] = 'application/json';
  if (method !== 'GET') headers['X-Backlot-Csrf'] = csrf;
  return headers;
}

/** Makes an error of an answer that is none. */
export function failed(status: number, text: string): ApiError {
  if (status === 401) sessionEnded();
  try {
    const said = JSON.parse(text) as { code?: string; title?: string; problems?: Problem[] } & Record<string, unknown>;
    const problems = said.problems ?? [{ code: said.code ?? 'INTERNAL', message: said.title ?? text }];
    return new ApiError(status, said.code ?? problems[0]?.code ?? 'INTERNAL', problems, said);
  } catch {
    return new ApiError(status, 'INTERNAL', [{ code: 'INTERNAL', message: `The server answered ${status}: ${text}` }]);
  }
}
