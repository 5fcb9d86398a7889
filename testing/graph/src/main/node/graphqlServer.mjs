import { createServer } from "node:http";
import { ApolloServer, HeaderMap } from "@apollo/server";
import {
  ApolloServerPluginInlineTraceDisabled,
  ApolloServerPluginLandingPageDisabled,
} from "@apollo/server/plugin/disabled";
import { parse, valueFromASTUntyped } from "graphql";
import { Faults } from "./faults.mjs";
import { body, listen, logger } from "./process.mjs";

const REMEMBERED = 20_000;

/** A GraphQL server on a fixed port with faults, a record of its requests, and a switch. */
export class GraphqlServer {
  faults = new Faults();
  #apollo;
  #port = 0;
  #http;
  #requests = [];
  #counts = { requests: 0, ids: 0, running: 0, mostAtOnce: 0 };

  constructor() {
    this.#open();
  }

  async start(schemaOrGateway) {
    this.#apollo = await started(schemaOrGateway);
    await this.up();
    return this.#port;
  }

  /** Serves another schema from the next request on. */
  async serve(schema) {
    const before = this.#apollo;
    this.#apollo = await started({ schema });
    await before.stop();
  }

  async up() {
    if (!this.#http.listening) {
      this.#open();
      this.#port = await listen(this.#http, this.#port);
    }
  }

  /** Refuses connections and cuts those that are open. */
  async down() {
    if (this.#http.listening) {
      const closed = new Promise((resolve) => this.#http.close(resolve));
      this.#http.closeAllConnections();
      await closed;
    }
  }

  /** What can be asked of any server over its control port. */
  routes() {
    return {
      "PUT /faults": (faults) => this.faults.replace(faults),
      "POST /down": () => this.down(),
      "POST /up": () => this.up(),
      "GET /requests": () => ({ ...this.#counts, last: this.#requests }),
      "DELETE /requests": () => this.#forget(),
    };
  }

  #forget() {
    this.#requests = [];
    this.#counts = { ...this.#counts, requests: 0, ids: 0, mostAtOnce: this.#counts.running };
  }

  #open() {
    this.#http = createServer((request, response) => {
      this.#answer(request, response).catch((error) => response.destroy(error));
    });
    this.#http.keepAliveTimeout = 60_000;
  }

  async #answer(request, response) {
    const text = await body(request);
    const record = this.#begin(request, text);
    try {
      const met = this.faults.meet();
      await this.faults.before(met);
      const answer = this.faults.instead(met) ?? (await this.#execute(request, text, met));
      record.status = answer.status;
      response.writeHead(answer.status, answer.headers);
      response.end(answer.text);
    } finally {
      this.#counts.running -= 1;
      record.took = Date.now() - record.at;
    }
  }

  async #execute(request, text, met) {
    const headers = new HeaderMap();
    for (const [name, value] of Object.entries(request.headers)) {
      headers.set(name, Array.isArray(value) ? value.join(", ") : value);
    }
    const result = await this.#apollo.executeHTTPGraphQLRequest({
      httpGraphQLRequest: {
        method: request.method.toUpperCase(),
        headers,
        search: new URL(request.url, "http://localhost").search,
        body: text ? JSON.parse(text) : undefined,
      },
      context: async () => ({ met }),
    });
    return {
      status: result.status ?? 200,
      headers: Object.fromEntries(result.headers),
      text: await this.faults.after(met, result.body.string),
    };
  }

  #begin(request, text) {
    const asked = askedFor(text);
    const { headers } = request;
    const record = { at: Date.now(), took: null, status: null, headers, ...asked };
    // Composition asks for the schema; that is this fixture's own doing, not its user's.
    if (!asked.query.includes("_service")) {
      this.#requests.push(record);
      this.#counts.requests += 1;
      this.#counts.ids += record.ids.length;
    }
    if (this.#requests.length > REMEMBERED) {
      this.#requests.shift();
    }
    this.#counts.running += 1;
    this.#counts.mostAtOnce = Math.max(this.#counts.mostAtOnce, this.#counts.running);
    return record;
  }
}

async function started(schemaOrGateway) {
  const server = new ApolloServer({
    ...schemaOrGateway,
    introspection: true,
    includeStacktraceInErrorResponses: false,
    csrfPrevention: false,
    stopOnTerminationSignals: false,
    logger,
    plugins: [ApolloServerPluginLandingPageDisabled(), ApolloServerPluginInlineTraceDisabled()],
  });
  await server.start();
  return server;
}

const documents = new Map();

/** The ids that a request's root fields are given, by list, one by one, or as entities. */
function askedFor(text) {
  try {
    const { query, variables } = JSON.parse(text);
    const ids = rootArguments(query)
      .flatMap((argument) => valueFromASTUntyped(argument, variables ?? {}))
      .filter((id) => id !== undefined && id !== null)
      .map((id) => String(id.id ?? id));
    return { query, ids };
  } catch {
    return { query: text, ids: [] };
  }
}

function rootArguments(query) {
  let found = documents.get(query);
  if (!found) {
    found = parse(query)
      .definitions.flatMap((definition) => definition.selectionSet.selections)
      .flatMap((field) => field.arguments ?? [])
      .filter((argument) => ["id", "ids", "representations"].includes(argument.name.value))
      .map((argument) => argument.value);
    if (documents.size < 1_000) {
      documents.set(query, found);
    }
  }
  return found;
}
