package dev.backlot.spec;

import dev.backlot.model.ProblemCode;
import dev.backlot.model.source.PublishedName;
import dev.backlot.model.source.SourceName;
import dev.backlot.model.spec.StepSpec.Role;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/** What each built-in kind of step may say; fields and types of data are the planner's. */
final class StepTypes {
  private static final Set<String> PROCESSORS =
      new TreeSet<>(
          Set.of("filter", "graphql_enrichment", "projection", "rename", "trigger", "union"));
  private static final Set<String> LATER_PROCESSORS = Set.of("sql");
  private static final Set<String> SINKS = new TreeSet<>(Set.of("iceberg"));
  private static final Set<String> LATER_SINKS = Set.of("opensearch", "kafka");
  private static final Pattern TABLE_NAME = Pattern.compile("[a-z][a-z0-9_]*\\.[a-z][a-z0-9_]*");
  private static final Duration SHORTEST_INTERVAL = Duration.ofMillis(100);
  private static final Duration LONGEST_INTERVAL = Duration.ofHours(1);

  private StepTypes() {}

  static void check(
      Role role, String type, int inputs, MapReader map, MapReader config, Findings findings) {
    switch (role) {
      case SOURCE -> checkSource(type, map);
      case PROCESSOR ->
          checkType(
              type,
              "processor",
              PROCESSORS,
              LATER_PROCESSORS,
              ProblemCode.PIPELINE_UNKNOWN_PROCESSOR,
              map,
              findings);
      case SINK ->
          checkType(
              type, "sink", SINKS, LATER_SINKS, ProblemCode.PIPELINE_UNKNOWN_SINK, map, findings);
    }
    boolean known = PROCESSORS.contains(type) || SINKS.contains(type) || role == Role.SOURCE;
    if (!known) {
      return;
    }
    checkInputCount(role, type, inputs, map);
    switch (role == Role.SOURCE ? "source" : type) {
      case "filter" -> checkFilter(config);
      case "projection" -> checkFields(config, "fields", true);
      case "rename" -> checkRename(config);
      case "union" -> checkFields(config, "key", false);
      case "trigger" -> checkFields(config, "key", true);
      case "graphql_enrichment" -> EnrichmentConfig.check(config);
      case "iceberg" -> checkIceberg(config, findings);
      default -> checkMissing(config);
    }
    config.finish();
  }

  private static void checkSource(String type, MapReader map) {
    if (type.isEmpty() || PublishedName.is(type)) {
      return;
    }
    try {
      SourceName.parse(type);
    } catch (IllegalArgumentException e) {
      map.invalid("source", "'" + type + "' is not a Source's name", MapReader.sentence(e));
    }
  }

  private static void checkType(
      String type,
      String field,
      Set<String> known,
      Set<String> later,
      ProblemCode unknown,
      MapReader map,
      Findings findings) {
    if (later.contains(type)) {
      findings.report(
          ProblemCode.SPEC_NOT_SUPPORTED,
          map.place(field),
          "this version does not have the " + field + " '" + type + "'",
          "Use one of: " + String.join(", ", known) + ".");
    } else if (!known.contains(type) && !type.isEmpty()) {
      findings.report(
          unknown,
          map.place(field),
          "the " + field + " '" + type + "' is unknown",
          Suggestion.sentence(type, known));
    }
  }

  private static void checkInputCount(Role role, String type, int inputs, MapReader map) {
    if (role == Role.SOURCE) {
      if (map.has("from")) {
        map.invalid("from", "a source step reads no other step", "Remove 'from'.");
      }
      return;
    }
    if (!map.has("from")) {
      map.missing("from");
    } else if (type.equals("union") ? inputs < 2 : inputs != 1) {
      map.invalid(
          "from",
          "the step '" + type + "' reads " + inputs + " steps",
          type.equals("union") ? "List two or more: 'from: [a, b]'." : "Name exactly one.");
    }
  }

  private static void checkFilter(MapReader config) {
    Optional<String> where = config.required("where");
    if (where.isPresent() && where.get().isBlank()) {
      config.invalid("where", "the condition is empty", "Write one, such as \"phase <> 'DONE'\".");
    }
  }

  /** What stands for fields that the Source does not have any more. */
  private static void checkMissing(MapReader config) {
    if (!config.has("missing")) {
      return;
    }
    MapReader missing = config.map("missing");
    for (String field : missing.fields()) {
      MapReader fill = missing.map(field);
      boolean from = fill.has("from");
      boolean value = fill.has("value");
      if (from == value) {
        missing.invalid(
            field,
            "'" + field + "' needs one of 'from' and 'value'",
            "Write '{from: another_field}' or '{value: what stands for it}'.");
      }
      if (from) {
        fill.string("from");
      }
      fill.finish();
    }
  }

  private static void checkFields(MapReader config, String field, boolean required) {
    if (required && !config.has(field)) {
      config.missing(field);
      return;
    }
    List<String> names = config.strings(field);
    if (required && config.isEmptyList(field)) {
      config.invalid(field, "the list is empty", "Name at least one field.");
    }
    List<String> seen = new ArrayList<>();
    for (String name : names) {
      if (seen.contains(name)) {
        config.invalid(field, "field '" + name + "' stands twice", "Keep one of them.");
      }
      seen.add(name);
    }
  }

  private static void checkRename(MapReader config) {
    if (!config.has("fields")) {
      config.missing("fields");
      return;
    }
    Map<String, String> fields = config.stringMap("fields");
    List<String> targets = new ArrayList<>();
    for (String target : fields.values()) {
      if (target.isEmpty()) {
        config.invalid("fields", "a new name is empty", "Fill it in.");
      } else if (targets.contains(target)) {
        config.invalid("fields", "two fields become '" + target + "'", "Choose another name.");
      }
      targets.add(target);
    }
  }

  private static void checkWord(MapReader config, String field, String one, String other) {
    config
        .string(field)
        .filter(word -> !word.equals(one) && !word.equals(other))
        .ifPresent(
            word ->
                config.invalid(
                    field,
                    "'" + word + "' is neither '" + one + "' nor '" + other + "'",
                    "Use '" + field + ": " + one + "' or '" + field + ": " + other + "'."));
  }

  private static void checkIceberg(MapReader config, Findings findings) {
    Optional<String> table = config.required("table");
    if (table.isPresent() && !TABLE_NAME.matcher(table.get()).matches()) {
      config.invalid(
          "table",
          "'" + table.get() + "' is not a table's name",
          "Write it as namespace.table, with small letters, digits and _.");
    } else if (table.isPresent() && table.get().endsWith("_latest")) {
      config.invalid(
          "table",
          "'" + table.get() + "' ends in _latest, which names business views",
          "Choose another name.");
    }
    Optional<String> interval = config.string("commit_interval");
    Optional<Duration> duration = interval.flatMap(Quantities::parseDuration);
    if (interval.isPresent()
        && (duration.isEmpty()
            || duration.get().compareTo(SHORTEST_INTERVAL) < 0
            || duration.get().compareTo(LONGEST_INTERVAL) > 0)) {
      config.invalid(
          "commit_interval",
          "'" + interval.get() + "' is not an interval",
          "Use a duration from 100ms to 1h, such as 1s.");
    }
    checkWord(config, "on_drop", "keep", "drop");
    checkWord(config, "on_rename", "add", "rename");
    Optional<String> mode = config.string("mode");
    if (mode.isPresent() && mode.get().equals("upsert")) {
      findings.report(
          ProblemCode.SPEC_NOT_SUPPORTED,
          config.place("mode"),
          "this version does not have 'mode: upsert'",
          "Use 'mode: append' and read the table's _latest view.");
    } else if (mode.isPresent() && !mode.get().equals("append")) {
      config.invalid("mode", "'" + mode.get() + "' is not a mode", "Use 'mode: append'.");
    }
  }
}
