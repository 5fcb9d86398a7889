import { ApiError, failed, headersOf } from './api';
import { parse } from './exact';

/** One server-sent event, or one line of JSON (without a name). */
export interface StreamEvent {
  event: string;
  data: unknown;
}

/** Sends something and hears the answer bit by bit. Throws an ApiError when it is refused, before the first bit. */
export async function stream(
  method: string,
  url: string,
  body: unknown,
  signal: AbortSignal,
  heard: (event: StreamEvent) => void,
): Promise<void> {
  let response: Response;
  try {
    response = await fetch(url, { method, headers: headersOf(method, body), body: JSON.stringify(body), signal });
  } catch (error) {
    if (signal.aborted) throw error;
    throw unreachable();
  }
  if (!response.ok || response.body === null) throw failed(response.status, await response.text());
  const lines = (response.headers.get('Content-Type') ?? '').includes('ndjson');
  const reader = response.body.getReader();
  const decoder = new TextDecoder();
  const ending = lines ? '\n' : '\n\n';
  let rest = '';
  for (;;) {
    let part: ReadableStreamReadResult<Uint8Array>;
    try {
      part = await reader.read();
    } catch (error) {
      if (signal.aborted) throw error;
      throw unreachable();
    }
    if (part.done) return;
    const pieces = (rest + decoder.decode(part.value, { stream: true })).split(ending);
    rest = pieces.pop() ?? '';
    for (const piece of pieces) {
      if (piece.trim() !== '') heard(lines ? { event: '', data: parse(piece, true) } : event(piece));
    }
  }
}

function event(text: string): StreamEvent {
  let name = '';
  let data = '';
  for (const line of text.split('\n')) {
    if (line.startsWith('event: ')) name = line.slice(7);
    else if (line.startsWith('data: ')) data += line.slice(6);
  }
  return { event: name, data: data === '' ? null : parse(data) };
}

function unreachable(): ApiError {
  return new ApiError(0, 'UNREACHABLE', [
    { code: 'UNREACHABLE', message: 'Cannot reach the server: the connection to it broke. Try again in a moment.' },
  ]);
}
