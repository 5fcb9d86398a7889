package dev.backlot.benchmarks.report;

import java.util.List;
import java.util.Locale;

/**
 * Comparisons as horizontal bars, each comparison on a scale of its own: 100 % is its fastest side.
 * Readable on light and dark pages.
 */
public final class Chart {
  private static final int WIDTH = 760;
  private static final int LABELS = 270;
  private static final int BARS = 330;
  private static final int ROW = 20;
  private static final int TITLE = 30;

  private static final String STYLE =
      """
      <style>
        text { font: 12px system-ui, sans-serif; fill: #1f2328; }
        .title { font-weight: 600; }
        .limit { fill: #9aa4af; }
        .ours { fill: #0f766e; }
        .peer { fill: #b45309; }
        .range { stroke: #1f2328; stroke-width: 1; }
        @media (prefers-color-scheme: dark) {
          text { fill: #e6edf3; }
          .limit { fill: #6e7681; }
          .ours { fill: #2dd4bf; }
          .peer { fill: #f59e0b; }
          .range { stroke: #e6edf3; }
        }
      </style>
      """;

  private Chart() {}

  /** Returns an SVG document. */
  public static String of(List<Comparison> comparisons) {
    StringBuilder body = new StringBuilder();
    int y = 8;
    for (Comparison comparison : comparisons) {
      y = draw(comparison, y, body);
    }
    return format(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" viewBox=\"0 0 %d %d\""
                + " role=\"img\">%n",
            WIDTH, y, WIDTH, y)
        + STYLE
        + body
        + "</svg>\n";
  }

  private static int draw(Comparison comparison, int top, StringBuilder out) {
    out.append(
        format(
            "<text class=\"title\" x=\"8\" y=\"%d\">%s (%s)</text>%n",
            top + 18, escape(comparison.name()), escape(comparison.unit())));
    double most =
        comparison.series().stream()
            .flatMap(series -> series.rates().stream())
            .mapToDouble(Double::doubleValue)
            .max()
            .orElse(1);
    int y = top + TITLE;
    for (Series series : comparison.series()) {
      int length = (int) Math.max(1, Math.round(BARS * series.median() / most));
      out.append(format("<text x=\"16\" y=\"%d\">%s</text>%n", y + 13, escape(series.side())));
      out.append(
          format(
              "<rect class=\"%s\" x=\"%d\" y=\"%d\" width=\"%d\" height=\"14\" rx=\"2\"/>%n",
              series.role().name().toLowerCase(Locale.ROOT), LABELS, y + 2, length));
      out.append(
          format(
              "<line class=\"range\" x1=\"%d\" y1=\"%d\" x2=\"%d\" y2=\"%d\"/>%n",
              at(series, most, true), y + 9, at(series, most, false), y + 9));
      out.append(
          format(
              "<text x=\"%d\" y=\"%d\">%,.0f</text>%n",
              LABELS + BARS + 12, y + 13, series.median()));
      y += ROW;
    }
    return y + 8;
  }

  private static int at(Series series, double most, boolean least) {
    var rates = series.rates().stream().mapToDouble(Double::doubleValue);
    double rate = (least ? rates.min() : rates.max()).orElse(0);
    return LABELS + (int) Math.round(BARS * rate / most);
  }

  private static String escape(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
  }

  private static String format(String format, Object... values) {
    return String.format(Locale.ROOT, format, values);
  }
}
