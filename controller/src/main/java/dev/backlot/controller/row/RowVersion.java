package dev.backlot.controller.row;

import com.fasterxml.jackson.databind.JsonNode;
import dev.backlot.schema.SystemColumn;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A version of a row that a table holds.
 *
 * @param op c, u, d, r or t; empty in a table that others write
 * @param committedAt when the change was committed in the source, in PostgreSQL's text
 * @param processedAt {@code _ts}: when the event was written to its topic, or enriched
 * @param visibleAt when a snapshot of the table first had it; empty when that snapshot is gone
 * @param visibleBy no later than this, when {@code visibleAt} is not known
 * @param changed the columns that differ from the version before
 */
record RowVersion(
    String op,
    String source,
    String position,
    String committedAt,
    String processedAt,
    Optional<Integer> epoch,
    Optional<Integer> partition,
    Optional<Long> offset,
    Optional<Instant> visibleAt,
    Optional<Instant> visibleBy,
    Map<String, JsonNode> values,
    List<String> changed) {

  /** Reads a row of a table with its system columns. */
  static RowVersion of(JsonNode row) {
    Map<String, JsonNode> values = new LinkedHashMap<>();
    row.properties()
        .forEach(
            field -> {
              if (SystemColumn.ofColumn(field.getKey()).isEmpty()) {
                values.put(field.getKey(), field.getValue());
              }
            });
    return new RowVersion(
        text(row, SystemColumn.OP),
        text(row, SystemColumn.SOURCE),
        text(row, SystemColumn.SOURCE_POSITION),
        text(row, SystemColumn.SOURCE_TS),
        text(row, SystemColumn.TS),
        whole(row, SystemColumn.EPOCH).map(Long::intValue),
        whole(row, SystemColumn.PARTITION).map(Long::intValue),
        whole(row, SystemColumn.OFFSET),
        Optional.empty(),
        Optional.empty(),
        values,
        List.of());
  }

  private static String text(JsonNode row, SystemColumn column) {
    return row.path(column.column()).asText("");
  }

  private static Optional<Long> whole(JsonNode row, SystemColumn column) {
    JsonNode value = row.path(column.column());
    return value.isNumber() ? Optional.of(value.asLong()) : Optional.empty();
  }

  /** Returns it with other values, and other columns that differ from the version before. */
  RowVersion with(Map<String, JsonNode> newValues, List<String> newChanged) {
    return new RowVersion(
        op,
        source,
        position,
        committedAt,
        processedAt,
        epoch,
        partition,
        offset,
        visibleAt,
        visibleBy,
        newValues,
        newChanged);
  }

  /** Returns it with what differs from the version before it. */
  RowVersion since(RowVersion before) {
    List<String> names = new ArrayList<>();
    if (!op.equals("d") && !op.equals("t") && !before.op.equals("d") && !before.op.equals("t")) {
      values.forEach(
          (name, value) -> {
            if (!value.equals(before.values.get(name))) {
              names.add(name);
            }
          });
    }
    return new RowVersion(
        op,
        source,
        position,
        committedAt,
        processedAt,
        epoch,
        partition,
        offset,
        visibleAt,
        visibleBy,
        values,
        names);
  }

  /** Returns it with the time at which it could be seen. */
  RowVersion visible(Optional<Instant> at, Optional<Instant> by) {
    return new RowVersion(
        op,
        source,
        position,
        committedAt,
        processedAt,
        epoch,
        partition,
        offset,
        at,
        by,
        values,
        changed);
  }

  /** Returns whether it comes from this record. */
  boolean isOf(String aSource, int anEpoch, int aPartition, long anOffset) {
    return source.equals(aSource)
        && epoch.filter(e -> e == anEpoch).isPresent()
        && partition.filter(p -> p == aPartition).isPresent()
        && offset.filter(o -> o == anOffset).isPresent();
  }
}
