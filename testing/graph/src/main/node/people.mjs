import { spoilItem, spoilList } from "./faults.mjs";

export const typeDefs = `
  extend schema @link(url: "https://specs.apollo.dev/federation/v2.3", import: ["@key"])

  type Person @key(fields: "id") {
    id: ID!
    name: String!
    born: Int
  }

  type Role { character: String person: Person }

  type Movie @key(fields: "id") {
    id: ID!
    director: Person
    cast: [Role!]
  }

  type Query {
    people(ids: [ID!]!): [Person]!
    person(id: ID!): Person
  }
`;

/** Movies name their people by id: {"id": "1", "director": "p1", "cast": [{"person": "p2"}]}. */
export function resolvers(store) {
  const person = (id) => (id === undefined || id === null ? null : store.get("Person", id));
  return {
    Query: {
      people: (_, { ids }, { met }) => spoilList(met, ids, ids.map(person)),
      person: (_, { id }, { met }) => spoilItem(met, id, person(id)),
    },
    Person: {
      __resolveReference: ({ id }, { met }) => spoilItem(met, id, person(id)),
    },
    Movie: {
      // A movie without people is still a movie: only the catalogue knows which there are.
      __resolveReference: ({ id }, { met }) =>
        spoilItem(met, id, store.get("Movie", id) ?? { id }),
      director: ({ director }) => person(director),
    },
    Role: {
      person: (role) => person(role.person),
    },
  };
}
