package dev.backlot.engine.metrics;

import dev.backlot.engine.job.OperatorName;
import dev.backlot.model.plan.PipelinePlan;
import dev.backlot.model.plan.PlanPublication;
import dev.backlot.model.plan.PlanSink;
import dev.backlot.model.plan.PlanSource;
import dev.backlot.model.plan.PlanStep;
import dev.backlot.transport.NearestRank;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.Gauge;
import org.apache.flink.metrics.Histogram;
import org.apache.flink.metrics.Metric;

/**
 * What the jobs of the Flink in this process have counted, by the steps of their plans. Reads
 * counters that operators keep anyway, so that asking costs the jobs nothing. Jobs of a Flink
 * elsewhere have no figures here.
 */
public final class JobFigures {
  private final Map<OfJob, Map<String, List<Meter>>> byOperator = new HashMap<>();
  private final Map<OfJob, Map<String, List<Meter>>> byTask = new HashMap<>();

  private record OfJob(String pipeline, String planHash) {}

  private JobFigures(List<Meter> meters) {
    for (Meter meter : meters) {
      OfJob job = new OfJob(meter.pipeline(), meter.planHash());
      Map<String, List<Meter>> named =
          (meter.operator().isEmpty() ? byTask : byOperator)
              .computeIfAbsent(job, any -> new HashMap<>());
      named
          .computeIfAbsent(
              meter.operator().isEmpty() ? meter.task() : meter.operator(),
              any -> new ArrayList<>())
          .add(meter);
    }
  }

  /** Looks at all jobs of this process once. */
  public static JobFigures now() {
    return new JobFigures(FlinkMetrics.meters());
  }

  /** For tests. */
  static JobFigures of(List<Meter> meters) {
    return new JobFigures(meters);
  }

  /** Returns the pipelines whose jobs run here. */
  public Set<String> pipelines() {
    return byOperator.keySet().stream().map(OfJob::pipeline).collect(Collectors.toSet());
  }

  /** Returns the figures of a plan's steps; none unless its job runs here. */
  public List<StepFigures> of(PipelinePlan plan) {
    OfJob job = new OfJob(plan.pipeline(), plan.hash());
    if (!byOperator.containsKey(job)) {
      return List.of();
    }
    List<StepFigures> figures = new ArrayList<>();
    for (PlanSource source : plan.sources()) {
      figures.add(figures(job, source.id(), OperatorName.of(source)));
    }
    for (PlanStep step : plan.steps()) {
      figures.add(figures(job, step.id(), OperatorName.of(step)));
    }
    for (PlanSink sink : plan.sinks()) {
      figures.add(figures(job, sink.id(), OperatorName.shaping(sink.table())));
    }
    for (PlanPublication publication : plan.publications()) {
      figures.add(
          figures(
              job, "publish:" + publication.source(), OperatorName.shaping(publication.source())));
    }
    return figures;
  }

  private StepFigures figures(OfJob job, String id, String operator) {
    Map<String, List<Meter>> operators = byOperator.getOrDefault(job, Map.of());
    List<Meter> live = operators.getOrDefault(operator, List.of());
    List<Meter> own = new ArrayList<>(live);
    own.addAll(operators.getOrDefault(OperatorName.replayed(operator), List.of()));
    List<Meter> tasks = new ArrayList<>();
    own.stream()
        .map(Meter::task)
        .distinct()
        .forEach(
            task -> tasks.addAll(byTask.getOrDefault(job, Map.of()).getOrDefault(task, List.of())));
    return new StepFigures(
        id,
        sum(own, Meter.RECORDS_IN),
        sum(own, Meter.RECORDS_OUT),
        sum(own, Meter.FAILED),
        highest(tasks, Meter.BUSY),
        highest(tasks, Meter.BACK_PRESSURED),
        // What is replayed is old: it says nothing of how long changes take.
        percentiles(live, Meter.LATENCY_MILLIS),
        percentiles(own, Meter.REQUEST_MILLIS));
  }

  private static OptionalLong sum(List<Meter> meters, String name) {
    return meters.stream()
        .filter(meter -> meter.name().equals(name))
        .map(Meter::metric)
        .filter(Counter.class::isInstance)
        .mapToLong(metric -> ((Counter) metric).getCount())
        .reduce(Long::sum);
  }

  private static OptionalDouble highest(List<Meter> meters, String name) {
    return meters.stream()
        .filter(meter -> meter.name().equals(name))
        .map(meter -> number(meter.metric()))
        .flatMapToDouble(OptionalDouble::stream)
        .map(millis -> Math.min(1, millis / 1000))
        .max();
  }

  private static OptionalDouble number(Metric metric) {
    Object value = metric instanceof Gauge<?> gauge ? gauge.getValue() : null;
    return value instanceof Number known
            && !Double.isNaN(known.doubleValue())
            && known.doubleValue() >= 0
        ? OptionalDouble.of(known.doubleValue())
        : OptionalDouble.empty();
  }

  /** Returns the percentiles of what all instances have measured lately. */
  private static Optional<StepFigures.Percentiles> percentiles(List<Meter> meters, String name) {
    long[] millis =
        meters.stream()
            .filter(meter -> meter.name().equals(name))
            .map(Meter::metric)
            .filter(Histogram.class::isInstance)
            .flatMapToLong(
                metric -> LongStream.of(((Histogram) metric).getStatistics().getValues()))
            .sorted()
            .toArray();
    return millis.length == 0
        ? Optional.empty()
        : Optional.of(
            new StepFigures.Percentiles(
                quantile(millis, 0.5), quantile(millis, 0.95), quantile(millis, 0.99)));
  }

  /** Returns it in seconds. */
  private static double quantile(long[] millis, double part) {
    return millis[NearestRank.index(millis.length, part)] / 1000.0;
  }
}
