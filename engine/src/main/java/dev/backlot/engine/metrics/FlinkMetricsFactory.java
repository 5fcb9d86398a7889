package dev.backlot.engine.metrics;

import java.util.Properties;
import org.apache.flink.metrics.reporter.MetricReporter;
import org.apache.flink.metrics.reporter.MetricReporterFactory;

/** Makes {@link FlinkMetrics} for a Flink whose configuration names this class. */
public final class FlinkMetricsFactory implements MetricReporterFactory {
  @Override
  public MetricReporter createMetricReporter(Properties properties) {
    return new FlinkMetrics();
  }
}
