package dev.backlot.engine.metrics;

import dev.backlot.engine.metrics.Series.Kind;
import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import io.prometheus.metrics.model.snapshots.Quantiles;
import io.prometheus.metrics.model.snapshots.SummarySnapshot;
import io.prometheus.metrics.model.snapshots.SummarySnapshot.SummaryDataPointSnapshot;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.flink.metrics.CharacterFilter;
import org.apache.flink.metrics.LogicalScopeProvider;
import org.apache.flink.metrics.Metric;
import org.apache.flink.metrics.MetricConfig;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.metrics.reporter.MetricReporter;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Shows in this process's registry what Flink measures of jobs: a chosen few of its own metrics,
 * and every counter and gauge that our operators have. Flink has hundreds per task; all of them for
 * hundreds of pipelines are more than a scraper should be given.
 */
final class FlinkMetrics implements MetricReporter, MultiCollector {
  private static final Logger LOG = LoggerFactory.getLogger(FlinkMetrics.class);

  /** Those that Flinks in this process have opened. */
  private static final Set<FlinkMetrics> OPEN = ConcurrentHashMap.newKeySet();

  private final Map<Metric, Series> series = new ConcurrentHashMap<>();
  private final Map<Metric, Meter> meters = new ConcurrentHashMap<>();

  /** Returns what {@link JobFigures} sums up. */
  static List<Meter> meters() {
    return OPEN.stream().flatMap(open -> open.meters.values().stream()).toList();
  }

  @Override
  public void open(MetricConfig config) {
    PrometheusRegistry.defaultRegistry.register(this);
    OPEN.add(this);
  }

  @Override
  public void close() {
    OPEN.remove(this);
    PrometheusRegistry.defaultRegistry.unregister(this);
  }

  @Override
  public void notifyOfAddedMetric(Metric metric, String name, MetricGroup group) {
    String scope =
        LogicalScopeProvider.castFrom(group).getLogicalScope(CharacterFilter.NO_OP_FILTER);
    Map<String, String> variables = group.getAllVariables();
    Series.of(metric, name, scope, variables).ifPresent(described -> series.put(metric, described));
    Meter.of(metric, name, scope, variables).ifPresent(meter -> meters.put(metric, meter));
  }

  @Override
  public void notifyOfRemovedMetric(Metric metric, String name, MetricGroup group) {
    series.remove(metric);
    meters.remove(metric);
  }

  /** The series of one name. */
  private record Family(Series first, Map<Labels, Double> points) {}

  @Override
  public MetricSnapshots collect() {
    Map<String, Family> families = new TreeMap<>();
    for (Series described : series.values()) {
      if (described.kind() == Kind.SUMMARY) {
        continue;
      }
      OptionalDouble value = value(described);
      if (value.isPresent()) {
        Family family =
            families.computeIfAbsent(
                described.name(), name -> new Family(described, new LinkedHashMap<>()));
        if (family.first().kind() == described.kind()) {
          // While a job is restarted, its old task and its new one may both be known.
          family.points().merge(described.labels(), value.getAsDouble(), Math::max);
        }
      }
    }
    List<MetricSnapshot> snapshots = new ArrayList<>();
    families.values().forEach(family -> snapshots.add(snapshot(family.first(), family.points())));
    snapshots.addAll(summaries());
    return new MetricSnapshots(snapshots);
  }

  private record Point(String name, Labels labels) {}

  private List<MetricSnapshot> summaries() {
    Map<String, SummarySnapshot.Builder> byName = new TreeMap<>();
    Set<Point> seen = new HashSet<>();
    for (Series described : series.values()) {
      Quantiles quantiles =
          described.kind() == Kind.SUMMARY ? described.quantiles() : Quantiles.EMPTY;
      // While a job is restarted, its old task and its new one may both be known.
      if (quantiles.size() > 0 && seen.add(new Point(described.name(), described.labels()))) {
        byName
            .computeIfAbsent(
                described.name(),
                name -> SummarySnapshot.builder().name(name).help(described.help()))
            .dataPoint(
                SummaryDataPointSnapshot.builder()
                    .labels(described.labels())
                    .quantiles(quantiles)
                    .build());
      }
    }
    return byName.values().stream().map(builder -> (MetricSnapshot) builder.build()).toList();
  }

  private static OptionalDouble value(Series described) {
    try {
      return described.value();
    } catch (RuntimeException e) {
      LOG.debug("Cannot read {}", described.name(), e);
      return OptionalDouble.empty();
    }
  }

  private static MetricSnapshot snapshot(Series family, Map<Labels, Double> points) {
    if (family.kind() == Kind.COUNTER) {
      CounterSnapshot.Builder counter =
          CounterSnapshot.builder().name(family.name()).help(family.help());
      points.forEach(
          (labels, value) ->
              counter.dataPoint(
                  CounterDataPointSnapshot.builder().labels(labels).value(value).build()));
      return counter.build();
    }
    GaugeSnapshot.Builder gauge = GaugeSnapshot.builder().name(family.name()).help(family.help());
    points.forEach(
        (labels, value) ->
            gauge.dataPoint(GaugeDataPointSnapshot.builder().labels(labels).value(value).build()));
    return gauge.build();
  }
}
