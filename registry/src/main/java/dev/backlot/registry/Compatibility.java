package dev.backlot.registry;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.apache.avro.Schema;
import org.apache.avro.SchemaCompatibility;
import org.apache.avro.SchemaCompatibility.Incompatibility;
import org.apache.avro.SchemaCompatibility.SchemaIncompatibilityType;

/** Judges a schema against earlier versions, as Avro resolves a reader against a writer. */
final class Compatibility {
  private Compatibility() {}

  /**
   * Returns what stands in the way, newest version first; nothing when the schema is compatible.
   *
   * @param earlier versions, oldest first
   */
  static List<String> problems(
      CompatibilityLevel level, Schema schema, List<RegisteredSchema> earlier, SchemaIndex index) {
    List<String> problems = new ArrayList<>();
    int first = level.isTransitive() ? 0 : Math.max(0, earlier.size() - 1);
    for (int i = earlier.size() - 1; i >= first; i--) {
      RegisteredSchema version = earlier.get(i);
      if (!level.isBackward() && !level.isForward()) {
        continue;
      }
      Schema old = SchemaText.schema(version, index);
      if (level.isBackward()) {
        compare(schema, old)
            .forEach(
                cause ->
                    problems.add(
                        "The schema can't read what version %d wrote: %s"
                            .formatted(version.version(), describe(cause))));
      }
      if (level.isForward()) {
        compare(old, schema)
            .forEach(
                cause ->
                    problems.add(
                        "Version %d can't read what the schema writes: %s"
                            .formatted(version.version(), describe(cause))));
      }
    }
    return problems;
  }

  private static List<Incompatibility> compare(Schema reader, Schema writer) {
    return SchemaCompatibility.checkReaderWriterCompatibility(reader, writer)
        .getResult()
        .getIncompatibilities();
  }

  private static String describe(Incompatibility cause) {
    String fact =
        cause.getType() == SchemaIncompatibilityType.READER_FIELD_MISSING_DEFAULT_VALUE
            ? "the reader's field '" + cause.getMessage() + "' has no default and is not written"
            : cause.getMessage();
    return "%s (%s at %s)."
        .formatted(
            fact,
            cause.getType().name().toLowerCase(Locale.ROOT).replace('_', ' '),
            cause.getLocation());
  }
}
