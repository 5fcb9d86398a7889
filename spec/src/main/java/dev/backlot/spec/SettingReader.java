package dev.backlot.spec;

import dev.backlot.model.spec.AuditPolicy;
import dev.backlot.model.spec.ConnectionAlerts;
import dev.backlot.model.spec.PipelineAlerts;
import dev.backlot.model.spec.Setting;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.LocalTime;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Pattern;

/** Reads how a document's things are audited and when they need a person. */
final class SettingReader {
  private static final String OFF = "off";
  private static final Duration SHORTEST = Duration.ofSeconds(1);
  private static final Duration LONGEST = Duration.ofDays(7);
  private static final int MOST_ROWS = 100_000_000;
  private static final int MOST = 1_000_000_000;
  private static final Pattern TIME = Pattern.compile("\\d\\d:\\d\\d");

  private SettingReader() {}

  static AuditPolicy audit(MapReader document) {
    MapReader audit = document.map("audit");
    Optional<Integer> rows = audit.integer("rows_per_second", 1, MOST_ROWS);
    AuditPolicy read =
        new AuditPolicy(
            duration(audit, "every"),
            rows.map(OptionalInt::of).orElse(OptionalInt.empty()),
            hours(audit),
            repair(audit));
    audit.finish();
    return read;
  }

  static PipelineAlerts pipelineAlerts(MapReader document) {
    MapReader alerts = document.map("alerts");
    PipelineAlerts read =
        new PipelineAlerts(
            duration(alerts, "lag"),
            duration(alerts, "heartbeat"),
            count(alerts, "dead_letters"),
            count(alerts, "restarts"));
    alerts.finish();
    return read;
  }

  static ConnectionAlerts connectionAlerts(MapReader document) {
    MapReader alerts = document.map("alerts");
    ConnectionAlerts read =
        new ConnectionAlerts(duration(alerts, "heartbeat"), size(alerts, "wal"));
    alerts.finish();
    return read;
  }

  static Setting<Duration> heartbeat(MapReader document) {
    MapReader heartbeat = document.map("heartbeat");
    Setting<Duration> read = duration(heartbeat, "every");
    heartbeat.finish();
    return read;
  }

  static Setting<Duration> duration(MapReader map, String field) {
    Optional<String> text = map.string(field);
    if (text.isEmpty()) {
      return new Setting.Unsaid<>();
    }
    if (text.get().equals(OFF)) {
      return new Setting.Off<>();
    }
    Optional<Duration> duration = Quantities.parseDuration(text.get());
    if (duration.isEmpty()
        || duration.get().compareTo(SHORTEST) < 0
        || duration.get().compareTo(LONGEST) > 0) {
      map.invalid(
          field,
          "'" + text.get() + "' is not a duration for '" + map.pathOf(field) + "'",
          "Use one from 1s to 7d, such as 5m, or off.");
      return new Setting.Unsaid<>();
    }
    return new Setting.Said<>(duration.get());
  }

  private static Setting<Integer> count(MapReader map, String field) {
    if (map.isText(field) && map.string(field).filter(OFF::equals).isPresent()) {
      return new Setting.Off<>();
    }
    return map.integer(field, 1, MOST)
        .<Setting<Integer>>map(Setting.Said::new)
        .orElseGet(Setting.Unsaid::new);
  }

  private static Setting<Long> size(MapReader map, String field) {
    Optional<String> text = map.string(field);
    if (text.isEmpty()) {
      return new Setting.Unsaid<>();
    }
    if (text.get().equals(OFF)) {
      return new Setting.Off<>();
    }
    Optional<Long> size = Quantities.parseSize(text.get()).filter(bytes -> bytes > 0);
    if (size.isEmpty()) {
      map.invalid(
          field, "'" + text.get() + "' is not a size", "Write it as 10GB or 512MiB, or off.");
      return new Setting.Unsaid<>();
    }
    return new Setting.Said<>(size.get());
  }

  private static Optional<AuditPolicy.Repair> repair(MapReader audit) {
    AuditPolicy.Repair read =
        audit.choice("repair", AuditPolicy.Repair.NEVER, List.of(AuditPolicy.Repair.values()));
    return audit.has("repair") ? Optional.of(read) : Optional.empty();
  }

  private static Optional<AuditPolicy.Hours> hours(MapReader audit) {
    Optional<String> text = audit.string("hours");
    if (text.isEmpty()) {
      return Optional.empty();
    }
    String[] parts = text.get().split("-", -1);
    try {
      if (parts.length == 2
          && TIME.matcher(parts[0]).matches()
          && TIME.matcher(parts[1]).matches()
          && !parts[0].equals(parts[1])) {
        return Optional.of(
            new AuditPolicy.Hours(LocalTime.parse(parts[0]), LocalTime.parse(parts[1])));
      }
    } catch (DateTimeException e) {
      // said below
    }
    audit.invalid(
        "hours",
        "'" + text.get() + "' is not a span of the day",
        "Write two different times in UTC, such as '22:00-06:00'.");
    return Optional.empty();
  }
}
