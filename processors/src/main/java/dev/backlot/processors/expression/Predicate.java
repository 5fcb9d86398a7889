package dev.backlot.processors.expression;

import dev.backlot.schema.Field;
import java.util.List;
import java.util.Set;
import org.apache.flink.table.data.RowData;

/**
 * A SQL predicate over rows. Immutable; any thread may use it.
 *
 * <p>Names that are not quoted ignore case when only one field is meant. Texts compare by their
 * UTF-8 bytes. A value that its column can't hold (and that stands in {@code _exact}) counts as
 * NULL.
 */
public final class Predicate {
  private final Evaluator evaluator;
  private final Set<String> consumed;

  private Predicate(Evaluator evaluator, Set<String> consumed) {
    this.evaluator = evaluator;
    this.consumed = Set.copyOf(consumed);
  }

  /** What came of parsing and checking. */
  public sealed interface Outcome {
    /** The predicate can be evaluated. */
    record Valid(Predicate predicate) implements Outcome {}

    /** Everything that is wrong with it: one syntax problem, or every other one. */
    record Invalid(List<ExpressionProblem> problems) implements Outcome {
      /** Copies what is mutable. */
      public Invalid {
        problems = List.copyOf(problems);
      }
    }
  }

  /** Parses and checks a predicate over rows that begin with these fields, in this order. */
  public static Outcome compile(String text, List<Field> fields) {
    Expression expression;
    try {
      expression = Parser.parse(text);
    } catch (SyntaxException e) {
      return new Outcome.Invalid(List.of(e.problem()));
    }
    Compiler compiler = new Compiler(new Columns(fields));
    Evaluator evaluator = compiler.condition(expression, "a filter");
    return compiler.problems().isEmpty()
        ? new Outcome.Valid(new Predicate(evaluator, compiler.consumed()))
        : new Outcome.Invalid(compiler.problems().stream().distinct().toList());
  }

  /** Returns whether the predicate is true; neither false nor NULL passes. */
  public boolean holds(RowData row) {
    return Boolean.TRUE.equals(evaluator.evaluate(row));
  }

  /** Returns the fields that the predicate names. */
  public Set<String> consumed() {
    return consumed;
  }
}
