// Serves the built page under the product's security policy, with a scenario instead of a platform.
import { createReadStream, existsSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import { extname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { message, readings } from './scenario.mjs';

const DIST = fileURLToPath(new URL('../../dist', import.meta.url));
const TYPES = { '.html': 'text/html; charset=utf-8', '.js': 'text/javascript', '.css': 'text/css', '.svg': 'image/svg+xml', '.woff2': 'font/woff2' };
const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/**
 * Starts on a port (0: any). `scenario` may be changed while it runs; every client gets the messages of the last `past`
 * seconds at once; `stop` drops every client.
 */
export async function replay({ port = 0, scenario = 'busy', tick = 200, past = 0 } = {}) {
  const state = { scenario, tick, past, acknowledged: new Set() };
  const server = createServer((request, response) => {
    const { pathname: path, searchParams } = new URL(request.url, 'http://localhost');
    if (path === '/api/v1/live') return stream(state, request, response);
    if (path === '/api/v1/history') {
      const names = (searchParams.get('series') ?? '').split(',');
      const known = state.scenario === 'starting' ? [] : names;
      return json(response, 200, readings(searchParams.get('subject') ?? '', known, Date.now()));
    }
    const incident = /^\/api\/v1\/incidents\/(\d+)\/acknowledge$/.exec(path);
    if (incident && request.method === 'POST') {
      if (state.refuse) return json(response, 409, { detail: state.refuse });
      state.acknowledged.add(Number(incident[1]));
      return json(response, 200, {});
    }
    return file(path, response);
  });
  await new Promise((resolve) => server.listen(port, '127.0.0.1', resolve));
  return {
    url: `http://localhost:${server.address().port}`,
    port: server.address().port,
    state,
    stop: () =>
      new Promise((resolve) => {
        server.close(resolve);
        server.closeAllConnections();
      }),
  };
}

function stream(state, request, response) {
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
  response.write('retry: 1000\n\n');
  const send = () => {
    response.write(`event: live\ndata: ${JSON.stringify(message(state.scenario, state.tick, Date.now(), state.acknowledged))}\n\n`);
    state.tick += 1;
  };
  for (let ago = state.past; ago > 0; ago--) {
    response.write(`event: live\ndata: ${JSON.stringify(message(state.scenario, state.tick - ago, Date.now() - ago * 1_000, state.acknowledged))}\n\n`);
  }
  send();
  const timer = setInterval(send, 1_000);
  request.on('close', () => clearInterval(timer));
}

function json(response, status, body) {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body));
}

function file(path, response) {
  let target = join(DIST, normalize(path));
  if (!target.startsWith(DIST) || !existsSync(target) || !statSync(target).isFile()) target = join(DIST, 'index.html');
  response.writeHead(200, { 'content-type': TYPES[extname(target)] ?? 'application/octet-stream', 'content-security-policy': POLICY });
  createReadStream(target).pipe(response);
}
