package dev.backlot.engine.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backlot.model.plan.PipelinePlan;
import dev.backlot.model.plan.PlanSource;
import dev.backlot.model.plan.PlanStep;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.Gauge;
import org.apache.flink.metrics.Histogram;
import org.apache.flink.metrics.SimpleCounter;
import org.apache.flink.runtime.metrics.DescriptiveStatisticsHistogram;
import org.junit.jupiter.api.Test;

final class JobFiguresTest {
  private static final String OPERATOR = "taskmanager.job.task.operator";
  private static final String TASK = "taskmanager.job.task";

  private final List<Meter> meters = new ArrayList<>();

  private void counted(String planHash, String operator, String name, long count) {
    Counter counter = new SimpleCounter();
    counter.inc(count);
    meters.add(
        Meter.of(
                counter,
                name,
                OPERATOR,
                Map.of(
                    "<job_name>",
                    "backlot:movies:" + planHash,
                    "<task_name>",
                    "chain",
                    "<operator_name>",
                    operator))
            .orElseThrow());
  }

  private void took(String operator, long... millis) {
    Histogram histogram = new DescriptiveStatisticsHistogram(1_000);
    for (long each : millis) {
      histogram.update(each);
    }
    meters.add(
        Meter.of(
                histogram,
                "latencyMillis",
                OPERATOR,
                Map.of(
                    "<job_name>",
                    "backlot:movies:h1",
                    "<task_name>",
                    "chain",
                    "<operator_name>",
                    operator))
            .orElseThrow());
  }

  private static PipelinePlan plan() {
    return new PipelinePlan(
        2,
        "movies",
        false,
        2,
        "stop",
        List.of(
            new PlanSource(
                "m",
                "studio.public.movie",
                "t",
                1,
                4,
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                "earliest")),
        List.of(
            new PlanStep(
                "both",
                "union",
                List.of("m"),
                Map.of(),
                List.of(),
                List.of(),
                List.of(),
                List.of())),
        List.of(),
        "h1");
  }

  @Test
  void a_step_s_instances_and_branches_are_summed_up() {
    counted("h1", "pass studio.public.movie", "numRecordsIn", 10);
    counted("h1", "union both", "numRecordsIn", 3);
    counted("h1", "union both", "numRecordsIn", 4);
    counted("h1", "union both", "numRecordsOut", 5);
    counted("h1", "union both", "deadLetters", 2);

    List<StepFigures> figures = JobFigures.of(meters).of(plan());

    assertThat(figures).extracting(StepFigures::id).containsExactly("m", "both");
    assertThat(figures.get(0).recordsIn()).hasValue(10);
    assertThat(figures.get(1).recordsIn()).hasValue(7);
    assertThat(figures.get(1).recordsOut()).hasValue(5);
    assertThat(figures.get(1).failed()).hasValue(2);
    assertThat(figures.get(0).failed()).isEmpty();
  }

  @Test
  void a_thread_is_as_busy_as_its_busiest_instance_and_unknown_is_not_zero() {
    counted("h1", "union both", "numRecordsIn", 3);
    for (double millis : new double[] {100, 700, Double.NaN}) {
      Gauge<Double> gauge = () -> millis;
      meters.add(
          Meter.of(
                  gauge,
                  "busyTimeMsPerSecond",
                  TASK,
                  Map.of("<job_name>", "backlot:movies:h1", "<task_name>", "chain"))
              .orElseThrow());
    }

    StepFigures union = JobFigures.of(meters).of(plan()).get(1);

    assertThat(union.busy()).hasValue(0.7);
    assertThat(union.backPressured()).isEmpty();
  }

  @Test
  void percentiles_are_of_all_instances_and_not_of_what_is_replayed() {
    counted("h1", "union both", "numRecordsIn", 3);
    counted("h1", "union both replayed", "numRecordsIn", 2);
    took("union both", LongStream.rangeClosed(1, 60).toArray());
    took("union both", LongStream.rangeClosed(61, 100).toArray());
    took("union both");
    took("union both replayed", 86_400_000);

    StepFigures union = JobFigures.of(meters).of(plan()).get(1);

    assertThat(union.latencySeconds()).contains(new StepFigures.Percentiles(0.05, 0.095, 0.099));
    assertThat(union.requestSeconds()).isEmpty();
    assertThat(union.recordsIn()).hasValue(5);
  }

  @Test
  void a_job_of_another_plan_is_not_counted() {
    counted("h0", "union both", "numRecordsIn", 3);

    assertThat(JobFigures.of(meters).of(plan())).isEmpty();
  }
}
