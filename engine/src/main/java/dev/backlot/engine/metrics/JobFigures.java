package dev.backlot.engine.metrics;

import dev.backlot.model.plan.PipelinePlan;
import dev.backlot.model.plan.PlanPublication;
import dev.backlot.model.plan.PlanSink;
import dev.backlot.model.plan.PlanSource;
import dev.backlot.model.plan.PlanStep;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.Gauge;
import org.apache.flink.metrics.Histogram;
import org.apache.flink.metrics.HistogramStatistics;
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
      figures.add(figures(job, source.id(), "pass " + source.name()));
    }
    for (PlanStep step : plan.steps()) {
      figures.add(figures(job, step.id(), step.processor() + " " + step.id()));
    }
    for (PlanSink sink : plan.sinks()) {
      figures.add(figures(job, sink.id(), "shape " + sink.table()));
    }
    for (PlanPublication publication : plan.publications()) {
      figures.add(figures(job, "publish:" + publication.source(), "shape " + publication.source()));
    }
    return figures;
  }

  private StepFigures figures(OfJob job, String id, String operator) {
    List<Meter> own = byOperator.getOrDefault(job, Map.of()).getOrDefault(operator, List.of());
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
        requests(own));
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

  private static Optional<StepFigures.Percentiles> requests(List<Meter> meters) {
    return meters.stream()
        .filter(meter -> meter.name().equals(Meter.REQUEST_MILLIS))
        .map(Meter::metric)
        .filter(Histogram.class::isInstance)
        .map(metric -> ((Histogram) metric))
        .filter(histogram -> histogram.getCount() > 0)
        .map(Histogram::getStatistics)
        .map(JobFigures::percentiles)
        .filter(Objects::nonNull)
        .findFirst();
  }

  private static StepFigures.Percentiles percentiles(HistogramStatistics of) {
    return new StepFigures.Percentiles(
        of.getQuantile(0.5) / 1000, of.getQuantile(0.95) / 1000, of.getQuantile(0.99) / 1000);
  }
}
