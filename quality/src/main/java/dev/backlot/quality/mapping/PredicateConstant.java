package dev.backlot.quality.mapping;

import dev.backlot.quality.mapping.Branch.OfSource;
import dev.backlot.schema.FieldType;
import java.util.regex.Pattern;

/**
 * A constant of a predicate.
 *
 * @param kind TEXT, NUMBER, BOOLEAN, or a temporal type's word
 */
record PredicateConstant(String kind, String text) {
  private static final Pattern DATE = Pattern.compile("\\d{4}-\\d\\d-\\d\\d");
  private static final Pattern TIMESTAMP =
      Pattern.compile("\\d{4}-\\d\\d-\\d\\d[ T]\\d\\d:\\d\\d:\\d\\d(?:\\.\\d{1,6})?");
  private static final Pattern ZONED = Pattern.compile(TIMESTAMP.pattern() + "(?:Z|\\+00(?::00)?)");
  private static final Pattern UUID =
      Pattern.compile("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}");

  static PredicateConstant text(String text) {
    return new PredicateConstant("TEXT", text);
  }

  static PredicateConstant number(String text) {
    return new PredicateConstant("NUMBER", text);
  }

  static PredicateConstant truth(String word) {
    return new PredicateConstant("BOOLEAN", word);
  }

  static PredicateConstant temporal(String type, String text) {
    return new PredicateConstant(type, text);
  }

  /** Returns the constant as the other language writes it, for comparison with a column. */
  String fitting(OfSource column) throws PredicateReader.UnknownException {
    FieldType type = column.type();
    boolean fits;
    if (type instanceof FieldType.Text text) {
      fits =
          switch (text.kind()) {
            case PLAIN -> kind.equals("TEXT");
            case ENUM -> kind.equals("TEXT") && text.values().contains(this.text);
            case NUMERIC -> kind.equals("NUMBER");
            case JSON -> false;
          };
    } else if (type instanceof FieldType.Decimal) {
      fits = kind.equals("NUMBER");
    } else if (type instanceof FieldType.Simple simple) {
      fits = fits(simple);
    } else {
      fits = false;
    }
    if (!fits) {
      throw new PredicateReader.UnknownException(
          "'"
              + column.name()
              + "' is "
              + type.notation()
              + ", which databases may compare differently with '"
              + text
              + "'");
    }
    return kind.equals("NUMBER") || kind.equals("BOOLEAN")
        ? text
        : "'" + text.replace("'", "''") + "'";
  }

  private boolean fits(FieldType.Simple type) {
    boolean textual = kind.equals("TEXT");
    return switch (type) {
      case INT, LONG -> kind.equals("NUMBER");
      case BOOLEAN -> kind.equals("BOOLEAN");
      case UUID -> textual && UUID.matcher(text).matches();
      case DATE -> (textual || kind.equals("DATE")) && DATE.matcher(text).matches();
      case TIMESTAMP -> (textual || kind.equals("TIMESTAMP")) && TIMESTAMP.matcher(text).matches();
      case TIMESTAMPTZ -> (textual || kind.equals("TIMESTAMPTZ")) && ZONED.matcher(text).matches();
      default -> false;
    };
  }
}
