import { Console } from "node:console";
import { createServer } from "node:http";

const complaints = new Console(process.stderr);

/** Keeps standard output free for {@link ready}. */
export const logger = {
  debug: () => {},
  info: () => {},
  warn: (message) => complaints.warn(message),
  error: (message) => complaints.error(message),
};

/** Ends this process when its parent does, however that ended: the pipe to it closes. */
export function endWithParent() {
  process.stdin.on("end", () => process.exit(0));
  process.stdin.on("error", () => process.exit(0));
  process.stdin.resume();
}

/** Tells the parent, in one line of JSON, that everything listens. */
export function ready(ports) {
  process.stdout.write(`${JSON.stringify(ports)}\n`);
}

/** Listens on loopback, on a given port or a free one; returns the port. */
export function listen(server, port = 0) {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", () => resolve(server.address().port));
  });
}

/** Reads a whole request as text. */
export async function body(request) {
  const chunks = [];
  for await (const chunk of request) {
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

/**
 * Serves a process's control port.
 *
 * @param routes functions by "METHOD /path", which take the request's JSON and return the answer's
 */
export function controlServer(routes) {
  return createServer(async (request, response) => {
    const route = routes[`${request.method} ${request.url}`];
    try {
      const text = await body(request);
      const answer = route ? await route(text ? JSON.parse(text) : undefined) : undefined;
      response.writeHead(route ? 200 : 404, { "content-type": "application/json" });
      response.end(JSON.stringify(answer ?? {}));
    } catch (error) {
      response.writeHead(500, { "content-type": "application/json" });
      response.end(JSON.stringify({ error: String(error.stack ?? error) }));
    }
  });
}
