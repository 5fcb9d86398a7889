package dev.backlot.engine.metrics;

import dev.backlot.engine.job.JobName;
import dev.backlot.transport.CommitLatency;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.flink.metrics.Metric;

/**
 * One of Flink's metrics that {@link JobFigures} sums up.
 *
 * @param task the chain of operators that it is of
 * @param operator empty when it is of the whole chain
 */
record Meter(
    String pipeline, String planHash, String task, String operator, String name, Metric metric) {
  static final String RECORDS_IN = "numRecordsIn";
  static final String RECORDS_OUT = "numRecordsOut";
  static final String FAILED = "deadLetters";
  static final String LATENCY_MILLIS = CommitLatency.METRIC;
  static final String REQUEST_MILLIS = "requestMillis";
  static final String BUSY = "busyTimeMsPerSecond";
  static final String BACK_PRESSURED = "backPressuredTimeMsPerSecond";

  private static final Map<String, Set<String>> WANTED =
      Map.of(
          "taskmanager.job.task.operator",
          Set.of(RECORDS_IN, RECORDS_OUT, FAILED, LATENCY_MILLIS, REQUEST_MILLIS),
          "taskmanager.job.task",
          Set.of(BUSY, BACK_PRESSURED));

  /**
   * Describes a metric, if it is wanted.
   *
   * @param scope which kind of thing has it
   * @param variables of the thing, such as {@code <job_name>}
   */
  static Optional<Meter> of(
      Metric metric, String name, String scope, Map<String, String> variables) {
    if (!WANTED.getOrDefault(scope, Set.of()).contains(name)) {
      return Optional.empty();
    }
    return JobName.parse(variables.getOrDefault("<job_name>", ""))
        .map(
            job ->
                new Meter(
                    job.pipeline(),
                    job.planHash(),
                    variables.getOrDefault("<task_name>", ""),
                    variables.getOrDefault("<operator_name>", ""),
                    name,
                    metric));
  }
}
