package dev.backlot.engine.preview;

import dev.backlot.model.Problem;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What the steps of a pipeline make of sampled events.
 *
 * @param steps those that were run, after their inputs
 * @param problems why others were not
 * @param millis how long it took
 */
public record Preview(List<Step> steps, List<Problem> problems, long millis) {
  /** Copies what is mutable. */
  public Preview {
    steps = List.copyOf(steps);
    problems = List.copyOf(problems);
  }

  /**
   * A step.
   *
   * @param columns what its rows have
   * @param rows what it gives; for a sink, what its table would get
   * @param masked columns whose values are hidden, and were to the steps as well
   * @param results what became of each row of its inputs; empty for a Source
   * @param sample of a Source
   * @param calls of a step that asks something outside
   * @param note what else a person should know, or empty
   */
  public record Step(
      String id,
      List<Column> columns,
      List<Row> rows,
      List<String> masked,
      List<Result> results,
      Optional<Sample> sample,
      Optional<Calls> calls,
      String note) {
    /** Copies what is mutable. */
    public Step {
      columns = List.copyOf(columns);
      rows = List.copyOf(rows);
      masked = List.copyOf(masked);
      results = List.copyOf(results);
    }
  }

  /**
   * A column.
   *
   * @param key whether it is part of what identifies a row
   */
  public record Column(String name, String type, boolean nullable, boolean key) {}

  /**
   * A row.
   *
   * @param op c, u, d, r or t
   * @param values by column, as plain JSON values; long texts end in …
   */
  public record Row(String op, Map<String, @Nullable Object> values) {}

  /**
   * What became of a row.
   *
   * @param input the step that it comes from
   * @param row its index there
   * @param outcome kept, dropped, deleted, unanswered or failed
   * @param made indexes of the step's own rows that came of it
   * @param code of what failed, or empty
   * @param reason why it failed, or empty
   */
  public record Result(
      String input, int row, String outcome, List<Integer> made, String code, String reason) {
    /** Copies what is mutable. */
    public Result {
      made = List.copyOf(made);
    }
  }

  /**
   * Where the rows of a Source come from.
   *
   * @param cap how many there are at most
   * @param age seconds since the newest was written, if there is any
   */
  public record Sample(String source, int cap, Optional<Double> age) {}

  /**
   * What asking took.
   *
   * @param requests how many were sent
   * @param questions about how many different things
   * @param millis altogether
   */
  public record Calls(int requests, int questions, long millis) {}
}
