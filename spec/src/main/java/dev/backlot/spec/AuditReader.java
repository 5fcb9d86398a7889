package dev.backlot.spec;

import dev.backlot.model.spec.AuditPolicy;
import dev.backlot.model.spec.AuditSpec;
import dev.backlot.model.spec.SpecHeader;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Reads the fields of an audit of two queries. */
final class AuditReader {
  private static final Duration SHORTEST = Duration.ofSeconds(1);
  private static final Duration LONGEST = Duration.ofDays(7);
  private static final int MOST_LOOKS = 100;

  private AuditReader() {}

  static AuditSpec read(SpecHeader header, MapReader map) {
    AuditSpec.Side source = side(map, "source");
    AuditSpec.Side target = side(map, "target");
    if (!map.has("key")) {
      map.missing("key");
    }
    List<String> key = map.strings("key");
    if (map.has("key") && key.isEmpty()) {
      map.invalid("key", "it has no columns", "Name the columns that tell rows apart.");
    }
    return new AuditSpec(
        header,
        source,
        target,
        key,
        duration(map, "every", AuditSpec.EVERY),
        map.integer("looks", 1, MOST_LOOKS).orElse(AuditSpec.LOOKS),
        duration(map, "sla", AuditSpec.SLA),
        repair(map));
  }

  private static AuditSpec.Side side(MapReader map, String field) {
    if (!map.has(field)) {
      map.missing(field);
      return new AuditSpec.Side(Optional.empty(), "");
    }
    MapReader side = map.map(field);
    AuditSpec.Side read =
        new AuditSpec.Side(side.string("connection"), side.required("query").orElse(""));
    side.finish();
    return read;
  }

  private static Duration duration(MapReader map, String field, Duration standard) {
    Optional<String> text = map.string(field);
    if (text.isEmpty()) {
      return standard;
    }
    Optional<Duration> read = Quantities.parseDuration(text.get());
    if (read.isEmpty() || read.get().compareTo(SHORTEST) < 0 || read.get().compareTo(LONGEST) > 0) {
      map.invalid(
          field,
          "'" + text.get() + "' is not a duration for '" + field + "'",
          "Use one from 1s to 7d, such as 1h.");
      return standard;
    }
    return read.get();
  }

  private static Optional<AuditSpec.Repair> repair(MapReader map) {
    if (!map.has("repair")) {
      return Optional.empty();
    }
    MapReader repair = map.map("repair");
    Optional<String> source = repair.required("source");
    AuditPolicy.Repair policy =
        repair.choice("policy", AuditPolicy.Repair.NEVER, List.of(AuditPolicy.Repair.values()));
    repair.finish();
    return source.map(name -> new AuditSpec.Repair(name, policy));
  }
}
