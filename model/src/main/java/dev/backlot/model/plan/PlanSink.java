package dev.backlot.model.plan;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import java.io.Serializable;
import java.util.List;
import java.util.Map;

/**
 * One table that a job writes. Rows arrive with exactly the columns of {@code shape}, in its order:
 * the table's current schema, system columns included.
 *
 * @param id the step's id in the document
 * @param sink which sink writes
 * @param input the step or source that feeds it
 * @param table {@code namespace.table} in the catalog
 * @param columns the input's columns, from which the table is created or extended
 * @param shape the table's columns once it exists, in the table's order
 * @param key what identifies an entity in the table, in key order: columns of the input, preceded
 *     by {@code _source} where different Sources are united without a shared key; empty when
 *     append-only
 * @param order how versions of one key are ordered, in plain words
 * @param mode {@code append}
 * @param commitIntervalMillis how often the table is committed
 * @param sources ids of the plan's sources that reach this table and have marks in it
 * @param consumed input columns that the table takes from
 * @param renames columns that get another name because their Source's have, if the table still has
 *     them: present name → new one
 * @param drops columns that leave the table because the pipeline has them no more
 * @param notes what the planner added or decided, in plain words
 */
@JsonPropertyOrder({
  "id",
  "sink",
  "input",
  "table",
  "columns",
  "shape",
  "key",
  "order",
  "mode",
  "commit_interval_millis",
  "sources",
  "consumed",
  "renames",
  "drops",
  "notes"
})
public record PlanSink(
    String id,
    String sink,
    String input,
    String table,
    List<PlanColumn> columns,
    List<Target> shape,
    List<String> key,
    String order,
    String mode,
    long commitIntervalMillis,
    List<String> sources,
    List<String> consumed,
    @JsonInclude(JsonInclude.Include.NON_EMPTY) Map<String, String> renames,
    @JsonInclude(JsonInclude.Include.NON_EMPTY) List<String> drops,
    List<String> notes)
    implements Serializable {
  /** Copies what is mutable. */
  public PlanSink {
    columns = List.copyOf(columns);
    shape = List.copyOf(shape);
    key = List.copyOf(key);
    sources = List.copyOf(sources);
    consumed = List.copyOf(consumed);
    renames = renames == null ? Map.of() : Map.copyOf(renames);
    drops = drops == null ? List.of() : List.copyOf(drops);
    notes = List.copyOf(notes);
  }

  /** A table that keeps every column under its name. */
  public PlanSink(
      String id,
      String sink,
      String input,
      String table,
      List<PlanColumn> columns,
      List<Target> shape,
      List<String> key,
      String order,
      String mode,
      long commitIntervalMillis,
      List<String> sources,
      List<String> consumed,
      List<String> notes) {
    this(
        id,
        sink,
        input,
        table,
        columns,
        shape,
        key,
        order,
        mode,
        commitIntervalMillis,
        sources,
        consumed,
        Map.of(),
        List.of(),
        notes);
  }

  /**
   * A column of the table.
   *
   * @param name in the table
   * @param type in the notation of the schema module's field types
   * @param from the input's column or system column that fills it, or empty when it stays null
   */
  @JsonPropertyOrder({"name", "type", "from"})
  public record Target(String name, String type, String from) implements Serializable {}
}
