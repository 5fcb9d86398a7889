package dev.backlot.processors.expression;

import org.apache.flink.table.data.GenericRowData;
import org.jspecify.annotations.Nullable;

/**
 * A checked and compiled expression.
 *
 * @param constant whether it is the same for every row
 */
record Typed(Kind kind, Evaluator evaluator, boolean constant, Expression expression) {
  private static final GenericRowData NO_ROW = new GenericRowData(0);

  static Typed unknown(Expression expression) {
    return new Typed(Kind.UNKNOWN, row -> null, false, expression);
  }

  /** Returns the value of a constant expression. */
  @Nullable Object value() {
    return evaluator.evaluate(NO_ROW);
  }

  int position() {
    return expression.position();
  }

  String describe() {
    if (expression instanceof Expression.Column column) {
      return "'" + column.name() + "' (" + kind.description() + ")";
    }
    if (expression instanceof Expression.TextLiteral literal) {
      return "'" + literal.value() + "' (a text)";
    }
    if (expression instanceof Expression.NumberLiteral literal) {
      return literal.value().toPlainString() + " (" + kind.description() + ")";
    }
    return kind.description();
  }
}
