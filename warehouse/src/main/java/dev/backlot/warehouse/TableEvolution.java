package dev.backlot.warehouse;

import dev.backlot.model.Problem;
import dev.backlot.model.ProblemCode;
import dev.backlot.schema.Field;
import dev.backlot.schema.FieldType;
import dev.backlot.schema.SystemColumn;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What must change in a table before a pipeline can write it: a pure comparison. A column that the
 * pipeline no longer has stays, and is null in new rows, unless the request drops it.
 *
 * @param rename columns that get another name, by their present one
 * @param drop columns that go
 * @param add columns that are missing, in the request's order
 * @param widen columns that exist in a narrower type, by the name that they will have
 * @param relabel columns whose Iceberg type stays and whose meaning changes, such as an enum with a
 *     new label
 * @param problems why the table can't be brought there; then nothing is changed
 */
public record TableEvolution(
    Map<String, String> rename,
    List<String> drop,
    List<Field> add,
    List<Field> widen,
    List<Field> relabel,
    List<Problem> problems) {
  /** Copies what is mutable. */
  public TableEvolution {
    rename = Map.copyOf(rename);
    drop = List.copyOf(drop);
    add = List.copyOf(add);
    widen = List.copyOf(widen);
    relabel = List.copyOf(relabel);
    problems = List.copyOf(problems);
  }

  /** Returns whether the table already is as requested. */
  public boolean isNothing() {
    return rename.isEmpty()
        && drop.isEmpty()
        && add.isEmpty()
        && widen.isEmpty()
        && relabel.isEmpty()
        && problems.isEmpty();
  }

  /** Returns the same changes with other problems. */
  TableEvolution withProblems(List<Problem> newProblems) {
    return new TableEvolution(rename, drop, add, widen, relabel, newProblems);
  }

  /** Returns what a table that has this shape, or is missing, needs. */
  public static TableEvolution of(Optional<TableShape> current, TableRequest request) {
    return current.map(shape -> between(shape, request)).orElseGet(() -> ofNewTable(request));
  }

  /** Returns what creating the table needs, or why it can't be created. */
  static TableEvolution ofNewTable(TableRequest request) {
    return new TableEvolution(
        Map.of(), List.of(), request.fields(), List.of(), List.of(), reservedNames(request));
  }

  /** Compares a request with the table as it stands. */
  static TableEvolution between(TableShape current, TableRequest request) {
    Map<String, String> rename = new HashMap<>();
    Map<String, String> former = new HashMap<>();
    request
        .renames()
        .forEach(
            (from, to) -> {
              if (current.column(from).isPresent() && current.column(to).isEmpty()) {
                rename.put(from, to);
                former.put(to, from);
              }
            });
    List<String> drop =
        request.drops().stream().filter(name -> current.column(name).isPresent()).toList();
    List<Field> add = new ArrayList<>();
    List<Field> widen = new ArrayList<>();
    List<Field> relabel = new ArrayList<>();
    List<Problem> problems = new ArrayList<>(reservedNames(request));
    for (Field field : request.fields()) {
      FieldType have =
          current
              .column(former.getOrDefault(field.name(), field.name()))
              .map(TableColumn::type)
              .orElse(null);
      if (have == null) {
        add.add(field);
      } else if (sameStorage(have, field.type())) {
        if (changesMeaning(have, field.type())) {
          relabel.add(field);
        }
      } else if (!have.accepts(field.type())) {
        if (field.type().accepts(have)) {
          widen.add(field);
        } else {
          problems.add(conflict(request.table(), field, have));
        }
      }
    }
    return new TableEvolution(rename, drop, add, widen, relabel, problems);
  }

  private static boolean sameStorage(FieldType have, FieldType want) {
    return IcebergTypes.iceberg(have, () -> 0).equals(IcebergTypes.iceberg(want, () -> 0))
        && want.accepts(have);
  }

  private static boolean changesMeaning(FieldType have, FieldType want) {
    return !IcebergTypes.meaning(have).equals(IcebergTypes.meaning(want));
  }

  private static Problem conflict(TableName table, Field field, FieldType have) {
    return Problem.of(
        ProblemCode.TABLE_SCHEMA_CONFLICT,
        "Cannot write column '"
            + field.name()
            + "' of table '"
            + table
            + "': it holds "
            + have.notation()
            + " and would get "
            + field.type().notation()
            + ". Rename the column in the pipeline, or write another table.");
  }

  private static List<Problem> reservedNames(TableRequest request) {
    List<Problem> problems = new ArrayList<>();
    Set<String> seen = new HashSet<>();
    for (Field field : request.fields()) {
      if (SystemColumn.ofColumn(field.name()).isPresent()) {
        problems.add(column(request, field, "the name is reserved for Backlot's own column"));
      } else if (!seen.add(field.name())) {
        problems.add(column(request, field, "the pipeline has two columns of this name"));
      }
    }
    Set<String> known = new HashSet<>(seen);
    known.add(SystemColumn.SOURCE.column());
    for (String key : request.key()) {
      if (!known.contains(key)) {
        problems.add(
            Problem.of(
                ProblemCode.PIPELINE_KEY_LOST,
                "Cannot write table '"
                    + request.table()
                    + "': its key column '"
                    + key
                    + "' is not among the step's columns. Keep the key in the projection."));
      }
    }
    return problems;
  }

  private static Problem column(TableRequest request, Field field, String cause) {
    return Problem.of(
        ProblemCode.TABLE_SCHEMA_CONFLICT,
        "Cannot write column '"
            + field.name()
            + "' of table '"
            + request.table()
            + "': "
            + cause
            + ". Rename it with a rename step.");
  }
}
