package dev.backlot.warehouse.maintenance;

import java.util.List;

/**
 * Which values a rewriting process puts where rows lack them.
 *
 * @param values paths of Parquet files with the rows' identity, the values and {@code _exact},
 *     under the table's field ids; no row is there twice
 * @param columns that are filled; empty when nothing is
 * @param exact field id of {@code _exact}
 */
record FillRequest(List<String> values, List<Column> columns, int exact) {
  static final FillRequest NONE = new FillRequest(List.of(), List.of(), -1);

  /**
   * A column that is filled.
   *
   * @param id Iceberg's field id
   * @param name as {@code _exact} has it
   */
  record Column(int id, String name) {}

  boolean isNone() {
    return columns.isEmpty();
  }
}
