package dev.backlot.schema;

import java.util.Objects;
import org.apache.avro.Schema;

/** Compares schemas of record keys. */
public final class KeySchemas {
  private KeySchemas() {}

  /**
   * Returns whether the same key is the same bytes under both schemas, so that the newest event of
   * a key ends all earlier ones.
   */
  public static boolean sameBytes(Schema one, Schema other) {
    if (one.getFields().size() != other.getFields().size()) {
      return false;
    }
    for (int i = 0; i < one.getFields().size(); i++) {
      Schema.Field mine = one.getFields().get(i);
      Schema.Field theirs = other.getFields().get(i);
      if (!mine.name().equals(theirs.name()) || !sameValue(mine.schema(), theirs.schema())) {
        return false;
      }
    }
    return true;
  }

  private static boolean sameValue(Schema one, Schema other) {
    if (one.getType() != other.getType()) {
      return false;
    }
    return switch (one.getType()) {
      case STRING -> true;
      case UNION -> sameValue(one.getTypes().get(1), other.getTypes().get(1));
      case ARRAY -> sameValue(one.getElementType(), other.getElementType());
      default -> Objects.equals(one.getLogicalType(), other.getLogicalType());
    };
  }
}
