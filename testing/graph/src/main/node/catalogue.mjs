import { GraphQLError, GraphQLScalarType, Kind } from "graphql";
import { spoilItem, spoilList } from "./faults.mjs";

export const typeDefs = `
  extend schema @link(url: "https://specs.apollo.dev/federation/v2.3", import: ["@key"])

  "A calendar date, as in 2026-01-31."
  scalar Date
  "An exact decimal number, as text."
  scalar Money

  enum Phase { DEVELOPMENT PRE_PRODUCTION SHOOTING POST_PRODUCTION RELEASED CANCELLED }

  type Company { name: String country: String }

  type Movie @key(fields: "id") {
    id: ID!
    title: String
    phase: Phase
    genres: [String!]
    releaseYear: Int
    releaseDate: Date
    budget: Float
    gross: Money
    inLibrary: Boolean
    company: Company
  }

  type Query {
    movies(ids: [ID!]!): [Movie]!
    movie(id: ID!): Movie
  }
`;

export function resolvers(store) {
  return {
    Query: {
      movies: (_, { ids }, { met }) =>
        spoilList(met, ids, ids.map((id) => store.get("Movie", id))),
      movie: (_, { id }, { met }) => spoilItem(met, id, store.get("Movie", id)),
    },
    Movie: {
      __resolveReference: ({ id }, { met }) => spoilItem(met, id, store.get("Movie", id)),
    },
    Date: text("Date", /^\d{4}-\d{2}-\d{2}$/),
    Money: text("Money", /^-?\d+(\.\d+)?$/),
  };
}

function text(name, pattern) {
  const check = (value) => {
    if (typeof value !== "string" || !pattern.test(value)) {
      throw new GraphQLError(`${name} cannot represent ${JSON.stringify(value)}`);
    }
    return value;
  };
  return new GraphQLScalarType({
    name,
    serialize: check,
    parseValue: check,
    parseLiteral: (ast) => check(ast.kind === Kind.STRING ? ast.value : undefined),
  });
}
