package dev.backlot.processors.expression;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import org.jspecify.annotations.Nullable;

/**
 * Arithmetic over Long, BigDecimal and Double that always ends: integers that overflow go on as
 * decimals, decimals keep 100 digits, and a division by zero is NULL. NaN equals NaN and is greater
 * than every other number, as in PostgreSQL.
 */
final class Numbers {
  private static final MathContext DIGITS = new MathContext(100, RoundingMode.HALF_UP);
  private static final int LONGEST_SCALE = 100;

  private Numbers() {}

  static int compare(Object left, Object right) {
    if (left instanceof Long a && right instanceof Long b) {
      return Long.compare(a, b);
    }
    if (left instanceof Double || right instanceof Double) {
      return Double.compare(toDouble(left) + 0.0, toDouble(right) + 0.0);
    }
    return toDecimal(left).compareTo(toDecimal(right));
  }

  static @Nullable Object calculate(char operator, Object left, Object right) {
    if (left instanceof Double || right instanceof Double) {
      return calculate(operator, toDouble(left), toDouble(right));
    }
    if (left instanceof Long a && right instanceof Long b) {
      return calculate(operator, a.longValue(), b.longValue());
    }
    return calculate(operator, toDecimal(left), toDecimal(right));
  }

  static Object negate(Object value) {
    if (value instanceof Double d) {
      return -d;
    }
    if (value instanceof Long n && n != Long.MIN_VALUE) {
      return -n;
    }
    return toDecimal(value).negate();
  }

  static Object abs(Object value) {
    return compare(value, 0L) < 0 ? negate(value) : value;
  }

  static Object round(Object value, RoundingMode mode) {
    if (value instanceof Double d) {
      return switch (mode) {
        case FLOOR -> Math.floor(d);
        case CEILING -> Math.ceil(d);
        default -> Math.rint(d);
      };
    }
    return value instanceof BigDecimal decimal ? decimal.setScale(0, mode) : value;
  }

  /** Returns an exact number from its text: NaN and the infinities are doubles. */
  static @Nullable Object parse(String text) {
    try {
      return switch (text) {
        case "NaN" -> Double.NaN;
        case "Infinity" -> Double.POSITIVE_INFINITY;
        case "-Infinity" -> Double.NEGATIVE_INFINITY;
        default -> new BigDecimal(text.startsWith("$") ? text.substring(1) : text);
      };
    } catch (NumberFormatException e) {
      return null;
    }
  }

  private static @Nullable Object calculate(char operator, double left, double right) {
    return switch (operator) {
      case '+' -> left + right;
      case '-' -> left - right;
      case '*' -> left * right;
      case '/' -> right == 0 ? null : (Object) (left / right);
      default -> right == 0 ? null : (Object) (left % right);
    };
  }

  private static @Nullable Object calculate(char operator, long left, long right) {
    try {
      return switch (operator) {
        case '+' -> Math.addExact(left, right);
        case '-' -> Math.subtractExact(left, right);
        case '*' -> Math.multiplyExact(left, right);
        case '/' -> right == 0 ? null : right == -1 ? negate(left) : (Object) (left / right);
        default -> right == 0 ? null : (Object) (left % right);
      };
    } catch (ArithmeticException overflow) {
      return calculate(operator, BigDecimal.valueOf(left), BigDecimal.valueOf(right));
    }
  }

  private static @Nullable Object calculate(char operator, BigDecimal left, BigDecimal right) {
    try {
      return switch (operator) {
        case '+' -> left.add(right, DIGITS);
        case '-' -> left.subtract(right, DIGITS);
        case '*' -> left.multiply(right, DIGITS);
        case '/' -> right.signum() == 0 ? null : quotient(left, right);
        default -> right.signum() == 0 ? null : left.remainder(right);
      };
    } catch (ArithmeticException outOfRange) {
      return null;
    }
  }

  private static BigDecimal quotient(BigDecimal left, BigDecimal right) {
    BigDecimal quotient = left.divide(right, DIGITS);
    return quotient.scale() > LONGEST_SCALE
        ? quotient.setScale(LONGEST_SCALE, RoundingMode.HALF_UP)
        : quotient;
  }

  private static double toDouble(Object value) {
    return ((Number) value).doubleValue();
  }

  private static BigDecimal toDecimal(Object value) {
    return value instanceof BigDecimal decimal ? decimal : BigDecimal.valueOf((Long) value);
  }
}
