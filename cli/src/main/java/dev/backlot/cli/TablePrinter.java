package dev.backlot.cli;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;

/** Prints rows in columns that are as wide as their widest value. */
final class TablePrinter {
  private static final int WIDEST = 60;
  private static final String GAP = "  ";

  private final List<List<String>> rows = new ArrayList<>();

  TablePrinter(List<String> header) {
    rows.add(header);
  }

  void add(List<String> row) {
    rows.add(row.stream().map(TablePrinter::oneLine).toList());
  }

  /** Prints header and rows; the last column is never cut. */
  void print(PrintStream out) {
    int columns = rows.get(0).size();
    int[] widths = new int[columns];
    for (List<String> row : rows) {
      for (int i = 0; i < columns; i++) {
        int width = row.get(i).codePointCount(0, row.get(i).length());
        widths[i] = Math.max(widths[i], Math.min(width, WIDEST));
      }
    }
    for (List<String> row : rows) {
      StringBuilder line = new StringBuilder();
      for (int i = 0; i < columns; i++) {
        String text = i == columns - 1 ? row.get(i) : cut(row.get(i));
        line.append(text);
        if (i < columns - 1) {
          line.append(" ".repeat(widths[i] - text.codePointCount(0, text.length()))).append(GAP);
        }
      }
      out.println(line.toString().stripTrailing());
    }
  }

  private static String cut(String text) {
    if (text.codePointCount(0, text.length()) <= WIDEST) {
      return text;
    }
    return text.substring(0, text.offsetByCodePoints(0, WIDEST - 1)) + "…";
  }

  /** Shows control characters instead of obeying them. */
  private static String oneLine(String text) {
    StringBuilder line = new StringBuilder(text.length());
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '\n' -> line.append("\\n");
        case '\r' -> line.append("\\r");
        case '\t' -> line.append("\\t");
        default -> line.append(Character.isISOControl(c) ? '\uFFFD' : c);
      }
    }
    return line.toString();
  }
}
