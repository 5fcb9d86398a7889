package dev.backlot.warehouse;

import dev.backlot.model.Problem;
import dev.backlot.model.ProblemCode;
import dev.backlot.schema.Field;
import dev.backlot.schema.FieldType;
import dev.backlot.schema.SystemColumn;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What must change in a table before a pipeline can write it: a pure comparison. A column that the
 * pipeline no longer has stays, and is null in new rows.
 *
 * @param add columns that are missing, in the request's order
 * @param widen columns that exist in a narrower type
 * @param relabel columns whose Iceberg type stays and whose meaning changes, such as an enum with a
 *     new label
 * @param problems why the table can't be brought there; then nothing is changed
 */
public record TableEvolution(
    List<Field> add, List<Field> widen, List<Field> relabel, List<Problem> problems) {
  /** Copies what is mutable. */
  public TableEvolution {
    add = List.copyOf(add);
    widen = List.copyOf(widen);
    relabel = List.copyOf(relabel);
    problems = List.copyOf(problems);
  }

  /** Returns whether the table already is as requested. */
  public boolean isNothing() {
    return add.isEmpty() && widen.isEmpty() && relabel.isEmpty() && problems.isEmpty();
  }

  /** Returns what a table that has this shape, or is missing, needs. */
  public static TableEvolution of(Optional<TableShape> current, TableRequest request) {
    return current.map(shape -> between(shape, request)).orElseGet(() -> ofNewTable(request));
  }

  /** Returns what creating the table needs, or why it can't be created. */
  static TableEvolution ofNewTable(TableRequest request) {
    return new TableEvolution(request.fields(), List.of(), List.of(), reservedNames(request));
  }

  /** Compares a request with the table as it stands. */
  static TableEvolution between(TableShape current, TableRequest request) {
    List<Field> add = new ArrayList<>();
    List<Field> widen = new ArrayList<>();
    List<Field> relabel = new ArrayList<>();
    List<Problem> problems = new ArrayList<>(reservedNames(request));
    for (Field field : request.fields()) {
      FieldType have = current.column(field.name()).map(TableColumn::type).orElse(null);
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
    return new TableEvolution(add, widen, relabel, problems);
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
