package dev.backlot.processors.graphql;

import graphql.language.ListType;
import graphql.language.NonNullType;
import graphql.language.Type;
import graphql.language.TypeName;
import graphql.schema.GraphQLInputType;
import graphql.schema.GraphQLList;
import graphql.schema.GraphQLNonNull;
import graphql.schema.GraphQLSchema;
import java.util.Objects;

/** The schema's types for those that a query's variables name. */
final class VariableTypes {
  private VariableTypes() {}

  /** Returns the type; the query has been found valid, so it is there. */
  static GraphQLInputType of(GraphQLSchema schema, Type<?> type) {
    if (type instanceof NonNullType required) {
      return GraphQLNonNull.nonNull(of(schema, required.getType()));
    }
    if (type instanceof ListType list) {
      return GraphQLList.list(of(schema, list.getType()));
    }
    return (GraphQLInputType) Objects.requireNonNull(schema.getType(((TypeName) type).getName()));
  }
}
