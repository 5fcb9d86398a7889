package dev.backlot.controller.audit;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * One row as its database has it now beside the same row in a table. What a side does not have is
 * left out.
 *
 * @param keyColumns names of the key's columns in the table, in key order
 * @param settling whether changes are still on their way to the table, so that it may yet agree
 * @param sourceKnown whether the database could be asked about this row
 * @param sourceNote why not, or empty
 * @param versions of the row in the table, newest first
 * @param path ids of the steps from Source to table
 */
@JsonInclude(JsonInclude.Include.NON_ABSENT)
public record RowComparison(
    String table,
    String source,
    List<String> keyColumns,
    List<String> key,
    Instant at,
    boolean settling,
    boolean sourceKnown,
    String sourceNote,
    boolean inSource,
    boolean inTable,
    List<Cell> cells,
    List<Version> versions,
    List<PathStep> path) {

  /** Returns the same with a text in place of the values of some columns. */
  RowComparison masked(Set<String> columns, String text) {
    return new RowComparison(
        table,
        source,
        keyColumns,
        key,
        at,
        settling,
        sourceKnown,
        sourceNote,
        inSource,
        inTable,
        cells.stream()
            .map(
                cell ->
                    columns.contains(cell.column())
                        ? new Cell(
                            cell.column(),
                            Optional.of(text),
                            Optional.of(text),
                            cell.compared(),
                            cell.differs(),
                            true)
                        : cell)
            .toList(),
        versions,
        path);
  }

  /**
   * A column's values as text.
   *
   * @param compared whether audits compare it
   * @param differs whether the values are not the same
   * @param masked whether the caller is not cleared for its values
   */
  @JsonInclude(JsonInclude.Include.NON_ABSENT)
  public record Cell(
      String column,
      Optional<String> source,
      Optional<String> table,
      boolean compared,
      boolean differs,
      boolean masked) {}

  /**
   * A change of the row that the table holds.
   *
   * @param op c, u, d, r or t
   * @param position in the database's log
   * @param committedAt when the database committed it
   * @param writtenAt when it was written, or enriched
   */
  @JsonInclude(JsonInclude.Include.NON_ABSENT)
  public record Version(
      String op,
      Optional<String> position,
      Optional<String> committedAt,
      Optional<String> writtenAt,
      Optional<Long> epoch,
      Optional<Long> partition,
      Optional<Long> offset) {}

  /** A step on the row's way, such as {@code filter}. */
  public record PathStep(String id, String what) {}
}
