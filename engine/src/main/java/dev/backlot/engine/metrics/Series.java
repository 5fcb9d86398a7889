package dev.backlot.engine.metrics;

import dev.backlot.engine.job.JobName;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.Quantiles;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.Gauge;
import org.apache.flink.metrics.Histogram;
import org.apache.flink.metrics.HistogramStatistics;
import org.apache.flink.metrics.Metric;

/**
 * One of Flink's metrics as a Prometheus series.
 *
 * @param name without a counter's {@code _total}
 * @param factor from Flink's unit to the base unit that the name says
 */
record Series(String name, String help, Kind kind, double factor, Labels labels, Metric metric) {
  private static final String JOB = "jobmanager.job";
  private static final String TASK = "taskmanager.job.task";
  private static final String MILLIS = "Millis";
  private static final String OPERATOR = "taskmanager.job.task.operator";

  /** Flink's metrics of jobs and tasks that are shown. */
  private static final Map<String, Known> KNOWN =
      Map.of(
          JOB + ".lastCheckpointDuration",
          new Known(
              "backlot_job_last_checkpoint_seconds", "Duration of the last checkpoint.", 0.001),
          JOB + ".lastCheckpointSize",
          new Known("backlot_job_last_checkpoint_bytes", "Size of the last checkpoint.", 1),
          JOB + ".numberOfCompletedCheckpoints",
          new Known("backlot_job_checkpoints_completed", "Checkpoints completed.", Kind.COUNTER),
          JOB + ".numberOfFailedCheckpoints",
          new Known("backlot_job_checkpoints_failed", "Checkpoints failed.", Kind.COUNTER),
          JOB + ".numRestarts",
          new Known("backlot_job_restarts", "Restarts of the job by Flink.", Kind.COUNTER),
          TASK + ".busyTimeMsPerSecond",
          new Known("backlot_task_busy_ratio", "Share of the last second spent working.", 0.001),
          TASK + ".backPressuredTimeMsPerSecond",
          new Known(
              "backlot_task_back_pressured_ratio",
              "Share of the last second spent waiting for what comes after.",
              0.001));

  private static final List<Double> QUANTILES = List.of(0.5, 0.95, 0.99);

  /** Flink's own metrics of operators that are not shown. */
  private static final Set<String> LEFT_OUT =
      Set.of(
          "numRecordsInPerSecond",
          "numRecordsOutPerSecond",
          "numBytesIn",
          "numBytesOut",
          "numBytesInPerSecond",
          "numBytesOutPerSecond",
          "numRecordsInErrors",
          "numRecordsSend",
          "numRecordsSendErrors",
          "numBytesSend",
          "currentSendTime",
          "currentInputWatermark",
          "currentOutputWatermark",
          "watermarkAlignmentDrift",
          "currentEmitEventTimeLag",
          "currentFetchEventTimeLag",
          "sourceIdleTime",
          "watermarkLag");

  /** What Prometheus may do with a series. */
  enum Kind {
    COUNTER,
    GAUGE,
    /** Percentiles. */
    SUMMARY
  }

  private record Known(String name, String help, Kind kind, double factor) {
    Known(String name, String help, double factor) {
      this(name, help, Kind.GAUGE, factor);
    }

    Known(String name, String help, Kind kind) {
      this(name, help, kind, 1);
    }
  }

  /**
   * Describes a metric, if it is to be shown.
   *
   * @param scope which kind of thing has it, such as {@code taskmanager.job.task.operator}
   * @param variables of the thing, such as {@code <job_name>}
   */
  static Optional<Series> of(
      Metric metric, String name, String scope, Map<String, String> variables) {
    if (metric instanceof Histogram) {
      return scope.equals(OPERATOR) && name.endsWith(MILLIS)
          ? Optional.of(
              new Series(
                  "backlot_step_"
                      + snake(name.substring(0, name.length() - MILLIS.length()))
                      + "_seconds",
                  "Of a job's step, of the newest thousand, as its code calls it: " + name + ".",
                  Kind.SUMMARY,
                  0.001,
                  labels(variables, "<operator_name>"),
                  metric))
          : Optional.empty();
    }
    if (!(metric instanceof Counter) && !(metric instanceof Gauge<?>)) {
      return Optional.empty();
    }
    Known known = KNOWN.get(scope + "." + name);
    if (known != null) {
      return Optional.of(
          new Series(
              known.name(),
              known.help(),
              known.kind(),
              known.factor(),
              scope.equals(JOB) ? jobLabels(variables) : labels(variables, "<task_name>"),
              metric));
    }
    if (!scope.equals(OPERATOR) || LEFT_OUT.contains(name)) {
      return Optional.empty();
    }
    return Optional.of(
        new Series(
            "backlot_step_" + snake(name),
            "Of a job's step, as its code calls it: " + name + ".",
            metric instanceof Counter ? Kind.COUNTER : Kind.GAUGE,
            1,
            labels(variables, "<operator_name>"),
            metric));
  }

  /** Returns the quantiles of a {@link Kind#SUMMARY} now; none while nothing was measured. */
  Quantiles quantiles() {
    HistogramStatistics statistics = ((Histogram) metric).getStatistics();
    if (statistics.size() == 0) {
      return Quantiles.EMPTY;
    }
    Quantiles.Builder quantiles = Quantiles.builder();
    for (double part : QUANTILES) {
      quantiles.quantile(part, statistics.getQuantile(part) * factor);
    }
    return quantiles.build();
  }

  /** Returns the value now; empty where a gauge holds no number. */
  OptionalDouble value() {
    if (metric instanceof Counter counter) {
      return OptionalDouble.of(counter.getCount() * factor);
    }
    Object value = ((Gauge<?>) metric).getValue();
    if (value instanceof Number number) {
      double measured = number.doubleValue();
      // A job without a checkpoint says -1, and so do times that are not known.
      return measured < 0 && kind == Kind.COUNTER
          ? OptionalDouble.empty()
          : OptionalDouble.of(measured * factor);
    }
    return value instanceof Boolean flag ? OptionalDouble.of(flag ? 1 : 0) : OptionalDouble.empty();
  }

  private static Labels jobLabels(Map<String, String> variables) {
    return Labels.of("pipeline", pipeline(variables));
  }

  private static Labels labels(Map<String, String> variables, String step) {
    return Labels.of(
        "pipeline",
        pipeline(variables),
        "step",
        variables.getOrDefault(step, ""),
        "subtask",
        variables.getOrDefault("<subtask_index>", ""));
  }

  private static String pipeline(Map<String, String> variables) {
    String job = variables.getOrDefault("<job_name>", "");
    return JobName.parse(job).map(JobName::pipeline).orElse(job);
  }

  /** Returns {@code rows_below_mark} for {@code rowsBelowMark}. */
  private static String snake(String name) {
    return name.replaceAll("([a-z0-9])([A-Z])", "$1_$2")
        .replaceAll("[^A-Za-z0-9_]", "_")
        .toLowerCase(Locale.ROOT);
  }
}
