package dev.backlot.engine.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backlot.engine.metrics.Series.Kind;
import io.prometheus.metrics.model.snapshots.Labels;
import java.util.Map;
import org.apache.flink.metrics.Gauge;
import org.apache.flink.metrics.SimpleCounter;
import org.junit.jupiter.api.Test;

final class SeriesTest {
  private static final Map<String, String> OPERATOR =
      Map.of(
          "<job_name>", "backlot:movie_report:abc",
          "<operator_name>", "write studio.\"a b\"",
          "<subtask_index>", "1");

  @Test
  void what_our_operators_count_is_shown_under_its_pipeline_and_step() {
    SimpleCounter counter = new SimpleCounter();
    counter.inc(7);

    Series series =
        Series.of(counter, "rowsBelowMark", "taskmanager.job.task.operator", OPERATOR)
            .orElseThrow();

    assertThat(series.name()).isEqualTo("backlot_step_rows_below_mark");
    assertThat(series.kind()).isEqualTo(Kind.COUNTER);
    assertThat((Object) series.labels())
        .isEqualTo(
            Labels.of("pipeline", "movie_report", "step", "write studio.\"a b\"", "subtask", "1"));
    assertThat(series.value()).hasValue(7);
  }

  @Test
  void the_few_known_ones_have_base_units() {
    Gauge<Long> millis = () -> 1500L;

    Series series =
        Series.of(
                millis,
                "lastCheckpointDuration",
                "jobmanager.job",
                Map.of("<job_name>", "backlot:movie_report:abc"))
            .orElseThrow();

    assertThat(series.name()).isEqualTo("backlot_job_last_checkpoint_seconds");
    assertThat((Object) series.labels()).isEqualTo(Labels.of("pipeline", "movie_report"));
    assertThat(series.value()).hasValue(1.5);
  }

  @Test
  void the_hundreds_that_flink_has_are_left_out() {
    Gauge<Long> gauge = () -> 1L;

    assertThat(Series.of(gauge, "currentInputWatermark", "taskmanager.job.task.operator", OPERATOR))
        .isEmpty();
    assertThat(
            Series.of(
                gauge,
                "records-lag-max",
                "taskmanager.job.task.operator.KafkaSourceReader.KafkaConsumer",
                OPERATOR))
        .isEmpty();
    assertThat(Series.of(gauge, "Heap.Used", "taskmanager.Status.JVM.Memory", Map.of())).isEmpty();
    Gauge<String> text = () -> "text";
    assertThat(
            Series.of(text, "words", "taskmanager.job.task.operator", OPERATOR)
                .orElseThrow()
                .value())
        .isEmpty();
  }
}
