package dev.backlot.capture.postgres.audit;

import dev.backlot.model.audit.AuditAnswer.Scope;
import dev.backlot.schema.FieldType;
import java.math.BigDecimal;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Says which keys can be left out of an answer's moving ones, since they lie outside of its scope
 * for sure. For any thread.
 */
final class KeyScope {
  private final Scope scope;
  private final List<ComparedColumn> columns;
  private final Optional<Set<List<String>>> asked;

  /**
   * Takes the scope.
   *
   * @param columns of the key
   * @param asked keys as PostgreSQL reads them, when some were asked for
   */
  KeyScope(Scope scope, List<ComparedColumn> columns, Optional<List<List<String>>> asked) {
    this.scope = scope;
    this.columns = columns;
    this.asked =
        asked.filter(keys -> columns.stream().allMatch(KeyScope::isSame)).map(HashSet::new);
  }

  boolean mayHold(List<String> key) {
    if (scope.keys()) {
      return asked.map(keys -> keys.contains(key)).orElse(true);
    }
    if (!scope.hashPrefix().isEmpty()) {
      return ReadRows.isHashed(key, scope.hashPrefix());
    }
    return (scope.after().isEmpty() || compare(key, scope.after()) >= 0)
        && (scope.through().isEmpty() || compare(key, scope.through()) <= 0);
  }

  /** Returns whether a text that PostgreSQL reads as a value is its canonical text. */
  private static boolean isSame(ComparedColumn column) {
    return column.type() == FieldType.Simple.INT
        || column.type() == FieldType.Simple.LONG
        || column.isPlainText();
  }

  /** Compares two keys as far as that can be told by their texts; 0 where it can't. */
  private int compare(List<String> one, List<String> other) {
    for (int i = 0; i < columns.size(); i++) {
      String a = one.get(i);
      String b = other.get(i);
      if (!a.equals(b)) {
        return compare(columns.get(i), a, b);
      }
    }
    return 0;
  }

  private static int compare(ComparedColumn column, String a, String b) {
    FieldType type = column.type();
    if (type == FieldType.Simple.INT || type == FieldType.Simple.LONG) {
      return Long.compare(Long.parseLong(a), Long.parseLong(b));
    }
    if (type == FieldType.Simple.UUID || type instanceof FieldType.Text) {
      return compareBytes(a, b);
    }
    if (type instanceof FieldType.Decimal && !a.equals("NaN") && !b.equals("NaN")) {
      return new BigDecimal(a).compareTo(new BigDecimal(b));
    }
    return 0;
  }

  /** UTF-8 orders texts by their characters' numbers, which Java's own order does not. */
  private static int compareBytes(String a, String b) {
    return java.util.Arrays.compare(a.codePoints().toArray(), b.codePoints().toArray());
  }
}
