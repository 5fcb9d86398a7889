package dev.backlot.capture.postgres.catalog;

import dev.backlot.model.Problem;
import dev.backlot.model.ProblemCode;
import dev.backlot.model.spec.ConnectionSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Which tables a connection captures, and why others that it names are not.
 *
 * @param captured by name
 * @param refused problems of single tables or patterns, by the name that they are about
 */
public record TableSelection(Map<TableId, Catalog.Table> captured, Map<String, Problem> refused) {
  /** Copies what is mutable, keeping order. */
  public TableSelection {
    captured = new TreeMap<>(captured);
    refused = new TreeMap<>(refused);
  }

  /** Applies a connection's patterns to the tables that there are. */
  public static TableSelection of(ConnectionSpec spec, List<Catalog.Table> tables) {
    Map<String, Problem> refused = new TreeMap<>();
    List<TablePattern> include = patterns(spec, spec.tables().include(), refused);
    List<TablePattern> exclude = patterns(spec, spec.tables().exclude(), refused);
    Map<TableId, Catalog.Table> captured = new TreeMap<>();
    for (Catalog.Table table : tables) {
      boolean wanted = include.stream().anyMatch(p -> p.matches(table.id()));
      if (!wanted || exclude.stream().anyMatch(p -> p.matches(table.id()))) {
        continue;
      }
      Problem problem = problem(spec, table);
      if (problem == null) {
        captured.put(table.id(), table);
      } else {
        refused.put(table.id().toString(), problem);
      }
    }
    for (TablePattern pattern : include) {
      if (pattern.isExact() && tables.stream().noneMatch(t -> pattern.matches(t.id()))) {
        refused.put(
            pattern.toString(),
            Problem.of(
                ProblemCode.CONNECTION_TABLE_MISSING,
                "Cannot capture table '"
                    + pattern
                    + "' of connection '"
                    + spec.name()
                    + "': the database '"
                    + spec.config().database()
                    + "' has no such table. Create it or correct tables.include."));
      }
    }
    return new TableSelection(captured, refused);
  }

  /** Returns the captured tables of which all changes are told. */
  public Set<TableId> wholly(ConnectionSpec spec) {
    Set<TableId> wholly = new TreeSet<>(captured.keySet());
    wholly.removeAll(byInserts(spec));
    return wholly;
  }

  /** Returns the captured tables of which only inserts are told, since they have no key. */
  public Set<TableId> byInserts(ConnectionSpec spec) {
    return spec.tables().keyless() != ConnectionSpec.Keyless.APPEND
        ? Set.of()
        : captured.values().stream()
            .filter(table -> table.keyColumns().isEmpty())
            .map(Catalog.Table::id)
            .collect(Collectors.toSet());
  }

  private static @org.jspecify.annotations.Nullable Problem problem(
      ConnectionSpec spec, Catalog.Table table) {
    String subject =
        "Cannot capture table '" + table.id() + "' of connection '" + spec.name() + "': ";
    if (!table.logged()) {
      return Problem.of(
          ProblemCode.CONNECTION_TABLE_NO_RIGHT,
          subject
              + "it is unlogged, so its changes are not in the log. Run: ALTER TABLE "
              + table.id().shortest()
              + " SET LOGGED; or exclude it.");
    }
    if (!table.keyColumns().isEmpty()) {
      return null;
    }
    String statement = "ALTER TABLE " + table.id().shortest();
    return switch (spec.tables().keyless()) {
      case APPEND -> null;
      case FULL_ROW -> fullRow(table, subject, statement);
      case REFUSE ->
          Problem.of(
              ProblemCode.CONNECTION_TABLE_KEYLESS,
              subject
                  + "it has no primary key or replica identity. Run: "
                  + statement
                  + " ADD PRIMARY KEY (…); or exclude it, or say tables.keyless.");
    };
  }

  private static @org.jspecify.annotations.Nullable Problem fullRow(
      Catalog.Table table, String subject, String statement) {
    if (table.partitioned()) {
      return Problem.of(
          ProblemCode.CONNECTION_TABLE_KEYLESS,
          subject
              + "it has no key and is partitioned: PostgreSQL would refuse updates of each new"
              + " partition until it gets REPLICA IDENTITY FULL of its own. Run: "
              + statement
              + " ADD PRIMARY KEY (…); or exclude it, or capture it with 'keyless: append'.");
    }
    if (table.tellsWholeBefore()) {
      return null;
    }
    return Problem.of(
        ProblemCode.CONNECTION_TABLE_KEYLESS,
        subject
            + "it has no key, and 'keyless: full_row' needs updates and deletes to tell the whole"
            + " row. Run: "
            + statement
            + " REPLICA IDENTITY FULL; or exclude it.");
  }

  private static List<TablePattern> patterns(
      ConnectionSpec spec, List<String> texts, Map<String, Problem> refused) {
    List<TablePattern> patterns = new ArrayList<>();
    for (String text : texts) {
      try {
        patterns.add(TablePattern.parse(text));
      } catch (IllegalArgumentException e) {
        refused.put(
            text,
            Problem.of(
                ProblemCode.SPEC_INVALID_VALUE,
                "Cannot read tables of connection '"
                    + spec.name()
                    + "': "
                    + e.getMessage()
                    + ". Write schema.table, with double quotes around names that are not"
                    + " plain."));
      }
    }
    return patterns;
  }
}
