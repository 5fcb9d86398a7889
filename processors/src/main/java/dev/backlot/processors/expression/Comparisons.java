package dev.backlot.processors.expression;

import java.util.Arrays;
import java.util.Comparator;
import org.apache.flink.table.data.StringData;
import org.jspecify.annotations.Nullable;

/** How values of two kinds are compared. */
final class Comparisons {
  private Comparisons() {}

  /** Returns a comparator of values of these kinds, or null when they have nothing in common. */
  static @Nullable Comparator<Object> between(Kind left, Kind right) {
    if (left.fitsAnywhere() || right.fitsAnywhere()) {
      return (a, b) -> 0;
    }
    if (left.isNumber() && right.isNumber()) {
      return Numbers::compare;
    }
    if (left.isText() && right.isText()) {
      return (a, b) -> ((StringData) a).compareTo((StringData) b);
    }
    if (left == Kind.DATE && right == Kind.TIMESTAMP) {
      return (a, b) -> Long.compare(Times.dateToMicros((Long) a), (Long) b);
    }
    if (left == Kind.TIMESTAMP && right == Kind.DATE) {
      return (a, b) -> Long.compare((Long) a, Times.dateToMicros((Long) b));
    }
    if (left != right) {
      return null;
    }
    return switch (left) {
      case BOOLEAN -> (a, b) -> Boolean.compare((Boolean) a, (Boolean) b);
      case DATE, TIME, TIMESTAMP, TIMESTAMPTZ -> (a, b) -> Long.compare((Long) a, (Long) b);
      case BYTES -> (a, b) -> Arrays.compareUnsigned((byte[]) a, (byte[]) b);
      default -> null;
    };
  }

  /** A comparison under three-valued logic. */
  @FunctionalInterface
  interface Test {
    /** Returns true, false, or null when either value is NULL. */
    @Nullable Object of(@Nullable Object left, @Nullable Object right);
  }

  static Test test(
      Expression.Operator operator, Kind left, Kind right, Comparator<Object> comparator) {
    boolean equality =
        operator == Expression.Operator.EQUAL || operator == Expression.Operator.DIFFERENT;
    if (equality && left.isText() && right.isText()) {
      boolean equal = operator == Expression.Operator.EQUAL;
      return (a, b) -> a == null || b == null ? null : (Object) (a.equals(b) == equal);
    }
    return (a, b) ->
        a == null || b == null ? null : (Object) operator.holds(comparator.compare(a, b));
  }
}
