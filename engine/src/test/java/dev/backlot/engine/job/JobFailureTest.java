package dev.backlot.engine.job;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backlot.model.ProblemCode;
import org.junit.jupiter.api.Test;

class JobFailureTest {
  @Test
  void our_own_problem_is_found_however_deep_it_lies() {
    JobFailure failure =
        JobFailure.of(
            "report",
            """
            java.lang.RuntimeException: One or more fetchers have encountered exception
            \tat org.example.A.b(A.java:1)
            Caused by: dev.backlot.transport.UncoveredSchemaException: Cannot read record 't/0/7': its schema 9 is not covered by the pipeline's plan. Plan the pipeline anew. [SCHEMA_NOT_COVERED]
            \tat org.example.C.d(C.java:2)
            """);

    assertThat(failure.code()).isEqualTo(ProblemCode.SCHEMA_NOT_COVERED);
    assertThat(failure.reason())
        .isEqualTo(
            "Cannot read record 't/0/7': its schema 9 is not covered by the pipeline's plan."
                + " Plan the pipeline anew.");
  }

  @Test
  void otherwise_the_root_cause_is_told() {
    JobFailure failure =
        JobFailure.of(
            "report",
            """
            org.apache.flink.runtime.JobException: Recovery is suppressed
            Caused by: java.io.UncheckedIOException: outer
            \tat org.example.A.b(A.java:1)
            Caused by: java.io.IOException: No space left on device
            """);

    assertThat(failure.code()).isEqualTo(ProblemCode.JOB_FAILED);
    assertThat(failure.reason())
        .isEqualTo(
            "Cannot run pipeline 'report': IOException: No space left on device."
                + " It is tried again; see the data plane's log for more.");
  }

  @Test
  void a_failure_without_a_trace_is_still_a_sentence() {
    assertThat(JobFailure.of("report", "").reason())
        .startsWith("Cannot run pipeline 'report': it gave no reason.");
  }
}
