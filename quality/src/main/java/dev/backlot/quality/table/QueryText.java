package dev.backlot.quality.table;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.backlot.schema.FieldType;
import dev.backlot.schema.canonical.Canonical;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Canonical texts of values as a query prints them: {@link Canonical} says what they look like. A
 * text where its type has none is the exact text of what the type can't hold, and stays as it is.
 * Pure.
 */
public final class QueryText {
  private QueryText() {}

  /**
   * Reads one value; afterwards the parser stands on its last token.
   *
   * @param json on the value's first token
   * @param type of the column in its Source, which may be narrower than the table's
   * @return null for NULL
   */
  public static @Nullable String of(JsonParser json, FieldType type) throws IOException {
    JsonToken token = json.currentToken();
    return switch (token) {
      case VALUE_NULL -> null;
      case VALUE_TRUE -> "true";
      case VALUE_FALSE -> "false";
      case START_ARRAY -> list(json, type);
      case START_OBJECT -> interval(json);
      case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT, VALUE_STRING ->
          scalar(json.getText(), token, type);
      default -> throw new IOException("A query printed " + token);
    };
  }

  private static String scalar(String text, JsonToken token, FieldType type) {
    if (type == FieldType.Simple.FLOAT) {
      return Canonical.floating(text);
    }
    if (type == FieldType.Simple.DOUBLE) {
      return Canonical.doubled(text);
    }
    boolean number =
        (type instanceof FieldType.Decimal && token != JsonToken.VALUE_STRING)
            || type.equals(FieldType.Text.NUMERIC);
    return number ? Canonical.number(text) : text;
  }

  private static String list(JsonParser json, FieldType type) throws IOException {
    FieldType element = type instanceof FieldType.ArrayOf array ? array.element() : type;
    List<@Nullable String> elements = new ArrayList<>();
    while (json.nextToken() != JsonToken.END_ARRAY) {
      elements.add(of(json, element));
    }
    return Canonical.list(elements);
  }

  private static String interval(JsonParser json) throws IOException {
    long months = 0;
    long days = 0;
    long micros = 0;
    while (json.nextToken() != JsonToken.END_OBJECT) {
      String name = json.currentName();
      json.nextToken();
      switch (name) {
        case "months" -> months = json.getLongValue();
        case "days" -> days = json.getLongValue();
        case "micros" -> micros = json.getLongValue();
        default -> throw new IOException("A query printed an object with '" + name + "'");
      }
    }
    return Canonical.interval(months, days, micros);
  }
}
