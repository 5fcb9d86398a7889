package dev.backlot.controller.incident;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backlot.model.alert.AlertKind;
import dev.backlot.model.alert.Severity;
import dev.backlot.model.spec.ConnectionSpec;
import dev.backlot.spec.SpecReader;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class RetainedLogTest {
  private static final long GB = 1_000_000_000;

  private static Optional<Condition> judge(String onLimit, Map<String, Object> details) {
    ConnectionSpec spec =
        (ConnectionSpec)
            SpecReader.read(
                    "",
                    """
                    apiVersion: backlot/v1
                    kind: Connection
                    name: studio
                    type: postgresql
                    config: {host: h, database: d, user: u, password: {file: p}}
                    tables: {include: [public.movie]}
                    wal: {alert: 10GB, limit: 50GB, on_limit: %s}
                    """
                        .formatted(onLimit))
                .orThrow()
                .get(0);
    return RetainedLog.of(details).flatMap(log -> log.condition(spec, Instant.EPOCH));
  }

  @Test
  void nothing_is_said_of_what_is_granted_or_unknown() {
    assertThat(judge("hold", Map.of())).isEmpty();
    assertThat(judge("hold", Map.of("retained_bytes", 9 * GB, "wal_state", "extended"))).isEmpty();
  }

  @Test
  void more_than_the_alert_says_what_bounds_it() {
    Condition unbounded =
        judge("hold", Map.of("retained_bytes", 12 * GB, "wal_state", "extended")).orElseThrow();
    assertThat(unbounded.kind()).isEqualTo(AlertKind.WAL_OVER_ALERT);
    assertThat(unbounded.severity()).isEqualTo(Severity.WARNING);
    assertThat(unbounded.summary())
        .contains("12.0 GB", "wal.alert (10.0 GB)", "max_slot_wal_keep_size = -1");
    Condition bounded =
        judge(
                "hold",
                Map.of(
                    "retained_bytes", 12 * GB,
                    "wal_state", "extended",
                    "wal_kept_bytes", 60 * GB,
                    "wal_left_bytes", 48 * GB))
            .orElseThrow();
    assertThat(bounded.summary()).contains("It keeps 60.0 GB at most", "begin anew");
  }

  @Test
  void more_than_the_limit_is_critical_and_says_what_happens_to_the_slot() {
    Map<String, Object> details = Map.of("retained_bytes", 51 * GB, "wal_state", "extended");
    Condition held = judge("hold", details).orElseThrow();
    assertThat(held.kind()).isEqualTo(AlertKind.WAL_OVER_LIMIT);
    assertThat(held.severity()).isEqualTo(Severity.CRITICAL);
    assertThat(held.summary()).contains("wal.limit (50.0 GB)", "set wal.on_limit to drop_slot");
    assertThat(judge("drop_slot", details).orElseThrow().summary()).contains("is dropped now");
  }

  @Test
  void a_slot_that_the_server_is_about_to_give_up_is_said_before_it_is_lost() {
    Condition soon =
        judge(
                "hold",
                Map.of(
                    "retained_bytes",
                    4 * GB,
                    "wal_state",
                    "extended",
                    "wal_kept_bytes",
                    5 * GB,
                    "wal_left_bytes",
                    GB / 5,
                    "wal_left_seconds",
                    600))
            .orElseThrow();
    assertThat(soon.kind()).isEqualTo(AlertKind.WAL_OVER_LIMIT);
    assertThat(soon.summary()).contains("after 200.0 MB more, in about 10 min", "= 5.0 GB");
    assertThat(
            judge("hold", Map.of("retained_bytes", GB, "wal_state", "unreserved"))
                .orElseThrow()
                .summary())
        .contains("at its next checkpoint");
  }
}
