package dev.backlot.warehouse.query;

/** How texts stand in the cells of a CSV file. */
public enum CsvCells {
  /** As they are, for programs. */
  EXACT {
    @Override
    String text(String value) {
      return value;
    }
  },
  /**
   * Never as a formula, for spreadsheets: a text that begins with {@code = + - @}, a tab or an end
   * of line gets an apostrophe before it. Numbers are not texts and stay as they are.
   */
  NO_FORMULAS {
    @Override
    String text(String value) {
      return !value.isEmpty() && FORMULA_BEGINS.indexOf(value.charAt(0)) >= 0 ? "'" + value : value;
    }
  };

  private static final String FORMULA_BEGINS = "=+-@\t\r\n";

  abstract String text(String value);
}
