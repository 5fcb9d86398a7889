package dev.backlot.transport;

import org.apache.flink.metrics.Histogram;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.table.data.RowData;

/**
 * How long changes took from their commit in the source until a step had them, by both machines'
 * clocks: of the newest thousand rows of the last ten minutes, at most one a millisecond, so that a
 * busy step pays next to nothing. For one thread.
 */
public final class CommitLatency {
  /** The name of the metric; milliseconds. */
  public static final String METRIC = "latencyMillis";

  private static final int WINDOW = 1_000;

  private final Histogram millis;
  private final int committed;
  private long last;

  /**
   * Adds the metric to a step's.
   *
   * @param committed where rows have {@code _source_ts}
   */
  public CommitLatency(MetricGroup group, int committed) {
    this.millis = group.histogram(METRIC, new RecentMillis(WINDOW, System::nanoTime));
    this.committed = committed;
  }

  /** Takes in a row that the step has now. */
  public void see(RowData row) {
    long now = System.currentTimeMillis();
    if (now == last || row.isNullAt(committed)) {
      return;
    }
    last = now;
    millis.update(Math.max(0, now - row.getTimestamp(committed, 6).getMillisecond()));
  }
}
