package dev.backlot.controller.metrics;

import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.Gauge;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.model.registry.PrometheusRegistry;

/** How the reconciler's rounds go. */
public final class ReconcilerMetrics {
  private final Histogram seconds;
  private final Counter failed;
  private final Gauge leading;

  /** Measures into a registry. */
  public ReconcilerMetrics(PrometheusRegistry registry) {
    this.seconds =
        Histogram.builder()
            .name("backlot_reconciler_round_seconds")
            .help("One look at everything that is wanted and runs, and a step towards each other.")
            .classicOnly()
            .classicUpperBounds(0.01, 0.05, 0.1, 0.5, 1, 5, 30)
            .register(registry);
    this.failed =
        Counter.builder()
            .name("backlot_reconciler_failed_rounds_total")
            .help("Rounds that ended early, as when the metadata database is away.")
            .register(registry);
    this.leading =
        Gauge.builder()
            .name("backlot_reconciler_leading")
            .help("1 while this controller is the one that acts.")
            .register(registry);
  }

  /** A round was done. */
  public void done(long nanos) {
    leading.set(1);
    seconds.observe(nanos / 1e9);
  }

  /** A round failed. */
  public void failed() {
    failed.inc();
  }

  /** Another controller leads. */
  public void following() {
    leading.set(0);
  }
}
