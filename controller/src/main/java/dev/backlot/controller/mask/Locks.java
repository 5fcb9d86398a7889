package dev.backlot.controller.mask;

import dev.backlot.controller.document.Descriptions.Described;
import dev.backlot.metadata.OriginStore.Origin;
import dev.backlot.metadata.SourceStore.SourceHead;
import dev.backlot.model.spec.SourceSpec.FieldNote;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * The locks on all fields of Sources and columns of tables: those of their own tags, and those of
 * everything that their values have ever come from. Immutable.
 */
public final class Locks {
  private final Map<String, Map<String, List<Lock>>> own = new HashMap<>();
  private final Map<String, Map<String, List<Lock>>> sources = new HashMap<>();
  private final Map<String, Map<String, List<Lock>>> tables = new HashMap<>();
  private final Map<String, String> owners = new HashMap<>();

  /** What is known of Sources. */
  record Facts(
      List<SourceHead> sources,
      Map<String, Described> descriptions,
      Map<String, String> connectionOwners,
      Map<String, String> pipelineOwners) {}

  /**
   * Finds every lock.
   *
   * @param formerNames of a Source's fields, by the name that a field has now
   */
  Locks(Facts facts, List<Origin> origins, Function<String, Map<String, Set<String>>> formerNames) {
    for (SourceHead source : facts.sources()) {
      owners.put(
          source.name(),
          source.pipeline().isEmpty()
              ? facts.connectionOwners().getOrDefault(source.connection(), "")
              : facts.pipelineOwners().getOrDefault(source.pipeline(), ""));
    }
    facts.descriptions().forEach((name, described) -> describe(described, formerNames));
    Map<String, Map<String, List<Origin>>> byTarget = new HashMap<>();
    for (Origin origin : origins) {
      byTarget
          .computeIfAbsent(key(origin.targetKind(), origin.target()), any -> new TreeMap<>())
          .computeIfAbsent(origin.column(), any -> new ArrayList<>())
          .add(origin);
    }
    own.forEach((source, fields) -> sources.put(source, new LinkedHashMap<>(fields)));
    byTarget.forEach(
        (target, columns) -> {
          boolean isTable = target.startsWith("table ");
          String name = target.substring(target.indexOf(' ') + 1);
          columns.forEach(
              (column, from) -> {
                Set<Lock> found = new LinkedHashSet<>();
                if (!isTable) {
                  found.addAll(locks(own, name, column));
                }
                collect(from, byTarget, found, new HashSet<>());
                if (!found.isEmpty()) {
                  (isTable ? tables : sources)
                      .computeIfAbsent(name, any -> new LinkedHashMap<>())
                      .put(column, List.copyOf(found));
                }
              });
        });
  }

  private void describe(
      Described described, Function<String, Map<String, Set<String>>> formerNames) {
    if (!described.owner().isEmpty()) {
      owners.put(described.name(), described.owner());
    }
    String owner = owners.getOrDefault(described.name(), "");
    Map<String, List<Lock>> fields = new LinkedHashMap<>();
    for (Map.Entry<String, FieldNote> field : described.fields().entrySet()) {
      if (!field.getValue().tags().isEmpty()) {
        fields.put(
            field.getKey(),
            List.of(
                new Lock(
                    described.name(), field.getKey(), Set.copyOf(field.getValue().tags()), owner)));
      }
    }
    if (fields.isEmpty()) {
      return;
    }
    // A field that was renamed in its database stays locked until somebody looks at its document.
    formerNames
        .apply(described.name())
        .forEach(
            (now, before) ->
                before.stream()
                    .flatMap(name -> fields.getOrDefault(name, List.of()).stream())
                    .toList()
                    .forEach(lock -> fields.merge(now, List.of(lock), Locks::joined)));
    own.put(described.name(), fields);
  }

  private static List<Lock> joined(List<Lock> some, List<Lock> more) {
    Set<Lock> both = new LinkedHashSet<>(some);
    both.addAll(more);
    return List.copyOf(both);
  }

  private void collect(
      List<Origin> from,
      Map<String, Map<String, List<Origin>>> byTarget,
      Set<Lock> found,
      Set<String> seen) {
    for (Origin origin : from) {
      if (seen.add(origin.source() + "\u0000" + origin.field())) {
        found.addAll(locks(own, origin.source(), origin.field()));
        collect(
            byTarget
                .getOrDefault(key("source", origin.source()), Map.of())
                .getOrDefault(origin.field(), List.of()),
            byTarget,
            found,
            seen);
      }
    }
  }

  private static String key(String kind, String name) {
    return kind + " " + name;
  }

  private static List<Lock> locks(
      Map<String, Map<String, List<Lock>>> all, String name, String field) {
    return all.getOrDefault(name, Map.of()).getOrDefault(field, List.of());
  }

  /** Returns the locks of tagged fields. */
  Stream<Lock> all() {
    return own.values().stream().flatMap(fields -> fields.values().stream()).flatMap(List::stream);
  }

  /** Returns the locked fields of a Source. */
  public Map<String, List<Lock>> ofSource(String source) {
    return sources.getOrDefault(source, Map.of());
  }

  /** Returns the locked columns of a table. */
  public Map<String, List<Lock>> ofTable(String table) {
    return tables.getOrDefault(table, Map.of());
  }

  /** Returns the team that answers for a Source, or empty. */
  public String owner(String source) {
    return owners.getOrDefault(source, "");
  }
}
