// A subgraph that only names movies, by keys that others resolve: through it a gateway asks for entities.
export const typeDefs = `
  extend schema @link(url: "https://specs.apollo.dev/federation/v2.3", import: ["@key"])

  type Movie @key(fields: "id", resolvable: false) { id: ID! }

  type Query { watchlist(ids: [ID!]!): [Movie]! }
`;

export function resolvers() {
  return { Query: { watchlist: (_, { ids }) => ids.map((id) => ({ id })) } };
}
