package dev.backlot.schema;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Types as text. */
final class TypeNotation {
  private static final Pattern DECIMAL = Pattern.compile("decimal\\((\\d{1,2}),\\s*(\\d{1,2})\\)");
  private static final Pattern ENUM = Pattern.compile("enum\\((.*)\\)", Pattern.DOTALL);
  private static final Pattern LABEL = Pattern.compile("'((?:[^']|'')*)'(,|$)");

  private TypeNotation() {}

  static String write(FieldType type) {
    if (type instanceof FieldType.Simple simple) {
      return simple.name().toLowerCase(Locale.ROOT);
    }
    if (type instanceof FieldType.Decimal decimal) {
      return "decimal(" + decimal.precision() + "," + decimal.scale() + ")";
    }
    if (type instanceof FieldType.ArrayOf array) {
      return "array<" + write(array.element()) + ">";
    }
    FieldType.Text text = (FieldType.Text) type;
    return switch (text.kind()) {
      case PLAIN -> "text";
      case NUMERIC -> "numeric";
      case JSON -> "json";
      case ENUM ->
          text.values().stream()
              .map(v -> "'" + v.replace("'", "''") + "'")
              .collect(Collectors.joining(",", "enum(", ")"));
    };
  }

  static FieldType parse(String notation) {
    switch (notation) {
      case "text":
        return FieldType.Text.PLAIN;
      case "numeric":
        return FieldType.Text.NUMERIC;
      case "json":
        return FieldType.Text.JSON;
      default:
        break;
    }
    for (FieldType.Simple simple : FieldType.Simple.values()) {
      if (write(simple).equals(notation)) {
        return simple;
      }
    }
    if (notation.startsWith("array<") && notation.endsWith(">")) {
      return new FieldType.ArrayOf(parse(notation.substring(6, notation.length() - 1)));
    }
    Matcher decimal = DECIMAL.matcher(notation);
    if (decimal.matches()) {
      return new FieldType.Decimal(
          Integer.parseInt(decimal.group(1)), Integer.parseInt(decimal.group(2)));
    }
    Matcher enumeration = ENUM.matcher(notation);
    if (enumeration.matches()) {
      return FieldType.Text.enumOf(labels(notation, enumeration.group(1)));
    }
    throw new IllegalArgumentException("No type '" + notation + "'");
  }

  private static List<String> labels(String notation, String text) {
    List<String> labels = new ArrayList<>();
    Matcher label = LABEL.matcher(text);
    int at = 0;
    while (at < text.length()) {
      if (!label.find(at) || label.start() != at) {
        throw new IllegalArgumentException("No type '" + notation + "'");
      }
      labels.add(label.group(1).replace("''", "'"));
      at = label.end();
    }
    return labels;
  }
}
