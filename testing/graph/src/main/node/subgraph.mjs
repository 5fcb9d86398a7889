// Runs one subgraph: node subgraph.mjs catalogue | people
import { GraphqlServer } from "./graphqlServer.mjs";
import { controlServer, endWithParent, listen, ready } from "./process.mjs";
import { ChangingSchema } from "./schema.mjs";
import { Store } from "./store.mjs";

endWithParent();
const { resolvers, typeDefs } = await import(`./${process.argv[2]}.mjs`);
const store = new Store();
const schema = new ChangingSchema(typeDefs, resolvers(store));
const server = new GraphqlServer();
const port = await server.start({ schema: schema.build() });
const control = controlServer({
  ...server.routes(),
  "PUT /entities": ({ type, entities }) => store.put(type, entities),
  "DELETE /entities": (which) => (which ? store.delete(which.type, which.ids) : store.clear()),
  "POST /schema/drop": async ({ type, field }) => {
    schema.drop(type, field);
    await server.serve(schema.build());
  },
  "POST /schema/add": async ({ type, definition }) => {
    schema.add(type, definition);
    await server.serve(schema.build());
  },
  "POST /schema/reset": async () => {
    schema.reset();
    await server.serve(schema.build());
  },
});
ready({ port, control: await listen(control) });
