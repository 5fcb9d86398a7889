package dev.backlot.processors.expression;

import dev.backlot.model.ProblemCode;

/**
 * What is wrong with an expression.
 *
 * @param code syntax, type or unknown field
 * @param position 0-based character in the expression's text
 * @param fact what is the case, without a final stop
 * @param fix what to write instead, a sentence
 */
public record ExpressionProblem(ProblemCode code, int position, String fact, String fix) {

  /** Returns {@code line:column} of the problem in the text, both from 1. */
  public String where(String text) {
    int line = 1;
    int column = 1;
    for (int i = 0; i < Math.min(position, text.length()); i++) {
      if (text.charAt(i) == '\n') {
        line++;
        column = 1;
      } else {
        column++;
      }
    }
    return line + ":" + column;
  }
}
