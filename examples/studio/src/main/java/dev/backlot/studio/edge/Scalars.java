package dev.backlot.studio.edge;

import graphql.GraphQLContext;
import graphql.execution.CoercedVariables;
import graphql.language.IntValue;
import graphql.language.ObjectField;
import graphql.language.ObjectValue;
import graphql.language.StringValue;
import graphql.language.Value;
import graphql.schema.Coercing;
import graphql.schema.CoercingParseLiteralException;
import graphql.schema.CoercingParseValueException;
import graphql.schema.GraphQLScalarType;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** The graph's scalars. */
final class Scalars {
  private Scalars() {}

  /** The keys of an entity, as a gateway sends them. */
  static GraphQLScalarType any() {
    return GraphQLScalarType.newScalar().name("_Any").coercing(new Any()).build();
  }

  /** A scalar whose values are PostgreSQL's own text. */
  static GraphQLScalarType text(String name) {
    return GraphQLScalarType.newScalar().name(name).coercing(new Text(name)).build();
  }

  private record Text(String name) implements Coercing<String, String> {
    @Override
    public String serialize(Object value, GraphQLContext context, Locale locale) {
      return value.toString();
    }

    @Override
    public String parseValue(Object input, GraphQLContext context, Locale locale) {
      if (input instanceof String text) {
        return text;
      }
      throw new CoercingParseValueException(name + " is given as a string");
    }

    @Override
    public String parseLiteral(
        Value<?> input, CoercedVariables variables, GraphQLContext context, Locale locale) {
      if (input instanceof StringValue text && text.getValue() != null) {
        return text.getValue();
      }
      throw new CoercingParseLiteralException(name + " is given as a string");
    }
  }

  private record Any() implements Coercing<Object, Object> {
    @Override
    public Object serialize(Object value, GraphQLContext context, Locale locale) {
      return value;
    }

    @Override
    public Object parseValue(Object input, GraphQLContext context, Locale locale) {
      if (input instanceof Map) {
        return input;
      }
      throw new CoercingParseValueException("_Any is given as an object");
    }

    @Override
    public Object parseLiteral(
        Value<?> input, CoercedVariables variables, GraphQLContext context, Locale locale) {
      if (!(input instanceof ObjectValue object)) {
        throw new CoercingParseLiteralException("_Any is given as an object");
      }
      Map<String, Object> keys = new LinkedHashMap<>();
      for (ObjectField field : object.getObjectFields()) {
        keys.put(field.getName(), key(field.getValue()));
      }
      return keys;
    }

    private static Object key(Value<?> value) {
      if (value instanceof StringValue text && text.getValue() != null) {
        return text.getValue();
      }
      if (value instanceof IntValue number && number.getValue() != null) {
        return number.getValue();
      }
      throw new CoercingParseLiteralException("A key is given as a string or a number");
    }
  }
}
