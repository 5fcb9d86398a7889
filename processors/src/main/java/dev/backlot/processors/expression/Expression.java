package dev.backlot.processors.expression;

import java.math.BigDecimal;
import java.util.List;
import java.util.Optional;

/** A parsed expression. Every part knows the 0-based character where it starts. */
sealed interface Expression {
  int position();

  record Column(String name, boolean quoted, int position) implements Expression {}

  record NullLiteral(int position) implements Expression {}

  record BooleanLiteral(boolean value, int position) implements Expression {}

  record NumberLiteral(BigDecimal value, boolean integer, int position) implements Expression {}

  record TextLiteral(String value, int position) implements Expression {}

  /** {@code DATE '…'}, {@code TIME '…'}, {@code TIMESTAMP '…'}, {@code TIMESTAMPTZ '…'}. */
  record TemporalLiteral(Kind kind, String value, int position) implements Expression {}

  record Not(Expression operand, int position) implements Expression {}

  record Negate(Expression operand, int position) implements Expression {}

  /** AND or OR over two or more parts. */
  record Junction(boolean and, List<Expression> parts, int position) implements Expression {}

  record Comparison(Operator operator, Expression left, Expression right, int position)
      implements Expression {}

  record Arithmetic(char operator, Expression left, Expression right, int position)
      implements Expression {}

  record Concatenation(Expression left, Expression right, int position) implements Expression {}

  /** {@code IS [NOT] NULL | TRUE | FALSE | UNKNOWN}. */
  record Is(Expression operand, Test test, boolean negated, int position) implements Expression {}

  record Distinct(Expression left, Expression right, boolean negated, int position)
      implements Expression {}

  record In(Expression operand, List<Expression> choices, boolean negated, int position)
      implements Expression {}

  record Between(Expression operand, Expression low, Expression high, boolean negated, int position)
      implements Expression {}

  record Like(
      Expression operand,
      Expression pattern,
      Optional<String> escape,
      boolean ignoreCase,
      boolean negated,
      int position)
      implements Expression {}

  record Call(String function, List<Expression> arguments, int position) implements Expression {}

  record Case(
      Optional<Expression> operand, List<When> whens, Optional<Expression> otherwise, int position)
      implements Expression {}

  record When(Expression condition, Expression result) {}

  enum Test {
    NULL,
    TRUE,
    FALSE
  }

  enum Operator {
    EQUAL("="),
    DIFFERENT("<>"),
    LESS("<"),
    LESS_OR_EQUAL("<="),
    GREATER(">"),
    GREATER_OR_EQUAL(">=");

    private final String symbol;

    Operator(String symbol) {
      this.symbol = symbol;
    }

    String symbol() {
      return symbol;
    }

    /** Returns whether the operator holds for the outcome of a comparator. */
    boolean holds(int comparison) {
      return switch (this) {
        case EQUAL -> comparison == 0;
        case DIFFERENT -> comparison != 0;
        case LESS -> comparison < 0;
        case LESS_OR_EQUAL -> comparison <= 0;
        case GREATER -> comparison > 0;
        case GREATER_OR_EQUAL -> comparison >= 0;
      };
    }
  }
}
