package dev.backlot.processors.graphql;

import dev.backlot.schema.FieldType;
import graphql.schema.GraphQLEnumType;
import graphql.schema.GraphQLInputType;
import graphql.schema.GraphQLList;
import graphql.schema.GraphQLNamedType;
import graphql.schema.GraphQLNonNull;
import graphql.schema.GraphQLScalarType;
import graphql.schema.GraphQLType;
import graphql.schema.GraphQLTypeUtil;
import java.util.Locale;
import java.util.Set;

/** How a graph's types and a row's types go together. */
final class GraphTypes {
  private static final Set<FieldType.Simple> NOT_SENT =
      Set.of(FieldType.Simple.BYTES, FieldType.Simple.INTERVAL, FieldType.Simple.TEXT_MAP);

  private GraphTypes() {}

  /** Returns the type of a leaf's values in rows; custom scalars are text, as JSON writes them. */
  static FieldType leaf(GraphQLNamedType type) {
    if (type instanceof GraphQLEnumType) {
      return FieldType.Text.PLAIN;
    }
    return switch (type.getName()) {
      case "Int" -> FieldType.Simple.INT;
      case "Float" -> FieldType.Simple.DOUBLE;
      case "Boolean" -> FieldType.Simple.BOOLEAN;
      default -> FieldType.Text.PLAIN;
    };
  }

  /** Returns whether a user may say what type a leaf's values have. */
  static boolean isDeclarable(GraphQLNamedType leaf, FieldType wanted) {
    if (wanted == FieldType.Simple.BYTES
        || wanted == FieldType.Simple.INTERVAL
        || wanted == FieldType.Simple.TIME
        || wanted == FieldType.Simple.FLOAT
        || wanted == FieldType.Simple.TEXT_MAP
        || wanted instanceof FieldType.ArrayOf) {
      return false;
    }
    return leaf instanceof GraphQLScalarType
        && (isCustom(leaf)
            || leaf.getName().equals("ID")
            || leaf.getName().equals("String")
            || wanted.accepts(leaf(leaf)));
  }

  static boolean isCustom(GraphQLNamedType type) {
    return type instanceof GraphQLScalarType
        && !Set.of("ID", "String", "Int", "Float", "Boolean").contains(type.getName());
  }

  /** Returns whether a variable's type is a list, whatever may be null. */
  static boolean isList(GraphQLType type) {
    return GraphQLTypeUtil.unwrapNonNull(type) instanceof GraphQLList;
  }

  /** Returns the type of a list's elements. */
  static GraphQLType element(GraphQLType list) {
    return ((GraphQLList) GraphQLTypeUtil.unwrapNonNull(list)).getWrappedType();
  }

  static boolean isRequired(GraphQLType type) {
    return type instanceof GraphQLNonNull;
  }

  /** Returns whether values of a row's field can be sent as values of a graph's type. */
  static boolean accepts(GraphQLInputType type, FieldType field) {
    if (field instanceof FieldType.ArrayOf
        || field instanceof FieldType.Simple simple && NOT_SENT.contains(simple)) {
      return false;
    }
    if (GraphQLTypeUtil.unwrapNonNull(type) instanceof GraphQLEnumType) {
      return field instanceof FieldType.Text;
    }
    if (!(GraphQLTypeUtil.unwrapNonNull(type) instanceof GraphQLScalarType scalar)) {
      return false;
    }
    boolean whole = field == FieldType.Simple.INT || field == FieldType.Simple.LONG;
    return switch (scalar.getName()) {
      case "Int" -> whole;
      case "Float" ->
          whole
              || field == FieldType.Simple.FLOAT
              || field == FieldType.Simple.DOUBLE
              || field instanceof FieldType.Decimal;
      case "Boolean" -> field == FieldType.Simple.BOOLEAN;
      default -> true;
    };
  }

  /** Returns a row's type for people. */
  static String plain(FieldType type) {
    return type.notation().toLowerCase(Locale.ROOT);
  }
}
