package dev.backlot.spec;

import dev.backlot.model.spec.AuditPolicy;
import dev.backlot.model.spec.ConnectionAlerts;
import dev.backlot.model.spec.ConnectionSpec;
import dev.backlot.model.spec.DumpPolicy;
import dev.backlot.model.spec.PipelineAlerts;
import dev.backlot.model.spec.PipelineSpec;
import dev.backlot.model.spec.Setting;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;

/** Writes audits, alerts, heartbeats and dumps: only what the document says. */
final class SettingWriter {
  private SettingWriter() {}

  static void pipeline(PipelineSpec spec, Map<String, Object> document) {
    Map<String, Object> audit = new LinkedHashMap<>();
    AuditPolicy policy = spec.audit();
    put(audit, "every", policy.every(), Quantities::formatDuration);
    policy.rowsPerSecond().ifPresent(rows -> audit.put("rows_per_second", rows));
    policy.hours().ifPresent(hours -> audit.put("hours", hours.toString()));
    policy.repair().ifPresent(repair -> audit.put("repair", MapReader.word(repair)));
    put(document, "audit", audit);
    Map<String, Object> alerts = new LinkedHashMap<>();
    PipelineAlerts limits = spec.alerts();
    put(alerts, "lag", limits.lag(), Quantities::formatDuration);
    put(alerts, "heartbeat", limits.heartbeat(), Quantities::formatDuration);
    put(alerts, "dead_letters", limits.deadLetters(), count -> count);
    put(alerts, "restarts", limits.restarts(), count -> count);
    put(document, "alerts", alerts);
  }

  static void connection(ConnectionSpec spec, Map<String, Object> document) {
    Map<String, Object> heartbeat = new LinkedHashMap<>();
    put(heartbeat, "every", spec.heartbeat(), Quantities::formatDuration);
    put(document, "heartbeat", heartbeat);
    Map<String, Object> alerts = new LinkedHashMap<>();
    ConnectionAlerts limits = spec.alerts();
    put(alerts, "heartbeat", limits.heartbeat(), Quantities::formatDuration);
    put(alerts, "wal", limits.wal(), Quantities::formatSize);
    put(document, "alerts", alerts);
    Map<String, Object> dump = new LinkedHashMap<>();
    DumpPolicy policy = spec.dump();
    policy.chunkRows().ifPresent(rows -> dump.put("chunk_rows", rows));
    policy.delay().ifPresent(delay -> dump.put("delay", Quantities.formatDuration(delay)));
    policy.parallel().ifPresent(ranges -> dump.put("parallel", ranges));
    policy.readers().ifPresent(readers -> dump.put("readers", readers));
    put(document, "dump", dump);
  }

  private static <T> void put(
      Map<String, Object> map, String field, Setting<T> setting, Function<T, Object> text) {
    if (setting instanceof Setting.Said<T> said) {
      map.put(field, text.apply(said.value()));
    } else if (setting instanceof Setting.Off<T>) {
      map.put(field, "off");
    }
  }

  private static void put(Map<String, Object> map, String field, Map<String, Object> part) {
    if (!part.isEmpty()) {
      map.put(field, part);
    }
  }
}
