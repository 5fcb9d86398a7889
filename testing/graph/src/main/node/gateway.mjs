// Runs the gateway: node gateway.mjs NAME=URL…, one subgraph each
import { composeServices } from "@apollo/composition";
import { ApolloGateway } from "@apollo/gateway";
import { parse } from "graphql";
import { GraphqlServer } from "./graphqlServer.mjs";
import { controlServer, endWithParent, listen, logger, ready } from "./process.mjs";

endWithParent();
const subgraphs = new Map(process.argv.slice(2).map((argument) => argument.split(/=(.*)/s)));

let update;
const gateway = new ApolloGateway({
  logger,
  supergraphSdl: async (options) => {
    update = options.update;
    return { supergraphSdl: await compose(subgraphs) };
  },
});
const server = new GraphqlServer();
const port = await server.start({ gateway });
const control = controlServer({
  ...server.routes(),
  "POST /compose": async () => update(await compose(subgraphs)),
  "PUT /subgraph": async ({ name, url }) => {
    const extended = new Map(subgraphs).set(name, url);
    update(await compose(extended));
    subgraphs.set(name, url);
  },
});
ready({ port, control: await listen(control) });

/** Asks every subgraph for its schema and composes them; fails with all that composition says. */
async function compose(from) {
  const services = await Promise.all([...from].map(([name, url]) => describe(name, url)));
  const { supergraphSdl, errors } = composeServices(services);
  if (errors?.length) {
    throw new Error(errors.map(({ message }) => message).join("\n"));
  }
  return supergraphSdl;
}

async function describe(name, url) {
  const response = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ query: "{ _service { sdl } }" }),
  });
  const { data, errors } = await response.json();
  if (!data) {
    throw new Error(`${name} does not tell its schema: ${JSON.stringify(errors)}`);
  }
  return { name, url, typeDefs: parse(data._service.sdl) };
}
