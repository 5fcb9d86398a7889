package dev.backlot.spec;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backlot.model.spec.ConnectionSpec;
import dev.backlot.model.spec.PipelineSpec;
import dev.backlot.model.spec.Spec;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

final class SettingsTest {
  private static final String CONNECTION =
      "{apiVersion: backlot/v1, kind: Connection, name: c, type: postgresql,"
          + " config: {host: h, database: d, user: u, password: {env: BACKLOT_SECRET_C}},"
          + " tables: {include: [public.t]}, wal: {alert: 2GB}";
  private static final String PIPELINE =
      "{apiVersion: backlot/v1, kind: Pipeline, name: p,"
          + " steps: [{id: a, source: c.s.t}, {id: w, sink: iceberg, from: a, config: {table: n.t}}]";

  @Test
  void what_is_left_out_has_defaults() {
    ConnectionSpec connection = (ConnectionSpec) read(CONNECTION + "}");
    PipelineSpec pipeline = (PipelineSpec) read(PIPELINE + "}");

    assertThat(connection.heartbeatPeriod()).contains(Duration.ofSeconds(10));
    assertThat(connection.alerts().heartbeatLimit()).contains(Duration.ofMinutes(1));
    assertThat(connection.alerts().walLimit(connection.wal())).contains(2_000_000_000L);
    assertThat(pipeline.audit().pause()).contains(Duration.ofMinutes(5));
    assertThat(pipeline.audit().budget()).isEqualTo(20_000);
    assertThat(pipeline.audit().repairsItself()).isFalse();
    assertThat(pipeline.alerts().lagLimit()).contains(Duration.ofMinutes(5));
    assertThat(pipeline.alerts().heartbeatLimit()).contains(Duration.ofMinutes(1));
    assertThat(pipeline.alerts().deadLetterLimit()).contains(1);
    assertThat(pipeline.alerts().restartLimit()).contains(3);
  }

  @Test
  void off_is_not_the_default() {
    ConnectionSpec connection =
        (ConnectionSpec) read(CONNECTION + ", heartbeat: {every: off}, alerts: {wal: off}}");
    PipelineSpec pipeline =
        (PipelineSpec) read(PIPELINE + ", audit: {every: off}, alerts: {dead_letters: off}}");

    assertThat(connection.heartbeatPeriod()).isEmpty();
    assertThat(connection.alerts().walLimit(connection.wal())).isEmpty();
    assertThat(pipeline.audit().pause()).isEmpty();
    assertThat(pipeline.alerts().deadLetterLimit()).isEmpty();
  }

  @Test
  void hours_may_pass_midnight() {
    PipelineSpec night = (PipelineSpec) read(PIPELINE + ", audit: {hours: '22:00-06:00'}}");
    PipelineSpec day = (PipelineSpec) read(PIPELINE + ", audit: {hours: '06:00-22:00'}}");

    assertThat(night.audit().runsAt(Instant.parse("2026-01-31T22:00:00Z"))).isTrue();
    assertThat(night.audit().runsAt(Instant.parse("2026-01-31T05:59:59Z"))).isTrue();
    assertThat(night.audit().runsAt(Instant.parse("2026-01-31T06:00:00Z"))).isFalse();
    assertThat(day.audit().runsAt(Instant.parse("2026-01-31T06:00:00Z"))).isTrue();
    assertThat(day.audit().runsAt(Instant.parse("2026-01-31T22:00:00Z"))).isFalse();
  }

  private static Spec read(String text) {
    Documents documents = SpecReader.read("f.yaml", text);
    assertThat(documents.problems()).isEmpty();
    return documents.specs().get(0);
  }
}
