package dev.backlot.transport;

import java.time.Duration;
import java.util.Arrays;
import java.util.function.LongSupplier;
import org.apache.flink.metrics.Histogram;
import org.apache.flink.metrics.HistogramStatistics;

/**
 * What was measured lately: the newest so many values, none older than ten minutes, so that a step
 * that sees a row now and then does not tell of its start for days. Thread-safe.
 */
final class RecentMillis implements Histogram {
  private static final long KEPT_NANOS = Duration.ofMinutes(10).toNanos();

  private final long[] values;
  private final long[] times;
  private final LongSupplier nanos;
  private long count;

  /**
   * Begins empty.
   *
   * @param most how many values are kept
   */
  RecentMillis(int most, LongSupplier nanos) {
    this.values = new long[most];
    this.times = new long[most];
    this.nanos = nanos;
  }

  @Override
  public synchronized void update(long value) {
    int next = (int) (count++ % values.length);
    values[next] = value;
    times[next] = nanos.getAsLong();
  }

  @Override
  public synchronized long getCount() {
    return count;
  }

  @Override
  public synchronized HistogramStatistics getStatistics() {
    long now = nanos.getAsLong();
    int known = (int) Math.min(count, values.length);
    long[] recent = new long[known];
    int kept = 0;
    for (int i = 0; i < known; i++) {
      if (now - times[i] <= KEPT_NANOS) {
        recent[kept++] = values[i];
      }
    }
    long[] sorted = Arrays.copyOf(recent, kept);
    Arrays.sort(sorted);
    return new Sorted(sorted);
  }

  /** Values in ascending order; what none have is NaN, or 0 where that can't be. */
  private static final class Sorted extends HistogramStatistics {
    private final long[] values;

    Sorted(long[] values) {
      this.values = values;
    }

    @Override
    public double getQuantile(double part) {
      return values.length == 0 ? Double.NaN : values[NearestRank.index(values.length, part)];
    }

    @Override
    public long[] getValues() {
      return values.clone();
    }

    @Override
    public int size() {
      return values.length;
    }

    @Override
    public double getMean() {
      return Arrays.stream(values).average().orElse(Double.NaN);
    }

    @Override
    public double getStdDev() {
      double mean = getMean();
      return Math.sqrt(
          Arrays.stream(values)
              .mapToDouble(value -> (value - mean) * (value - mean))
              .average()
              .orElse(Double.NaN));
    }

    @Override
    public long getMax() {
      return values.length == 0 ? 0 : values[values.length - 1];
    }

    @Override
    public long getMin() {
      return values.length == 0 ? 0 : values[0];
    }
  }
}
