package dev.backlot.controller.detail;

import java.util.List;
import java.util.Optional;

/**
 * What values look like, column by column.
 *
 * @param rows how many were looked at
 * @param of how many there are, where known
 * @param basis in words which rows these are
 */
record Profile(long rows, Optional<Long> of, String basis, List<Column> columns) {
  /**
   * A column's values. Of a masked one nothing is told.
   *
   * @param distinct how many different values, about
   * @param lowest the lowest value as text
   * @param top the commonest values, commonest first
   */
  record Column(
      String name,
      boolean masked,
      Optional<Long> nulls,
      Optional<Long> distinct,
      Optional<String> lowest,
      Optional<String> highest,
      List<Top> top) {
    static Column hidden(String name) {
      return new Column(
          name,
          true,
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          List.of());
    }
  }

  /** A common value; the count is absent where it was not counted. */
  record Top(String value, Optional<Long> count) {}
}
