package dev.backlot.processors.expression;

import dev.backlot.model.ProblemCode;

/** Ends parsing at the first place that can't be understood. */
final class SyntaxException extends Exception {
  private static final long serialVersionUID = 1L;

  private final int position;
  private final String fact;
  private final String fix;

  SyntaxException(int position, String fact, String fix) {
    super(fact);
    this.position = position;
    this.fact = fact;
    this.fix = fix;
  }

  ExpressionProblem problem() {
    return new ExpressionProblem(ProblemCode.EXPRESSION_SYNTAX, position, fact, fix);
  }
}
