package dev.backlot.schema.evolution;

import dev.backlot.schema.Field;
import dev.backlot.schema.RowSchema;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Changes of one table that somebody is about to make.
 *
 * @param table the parts of the table's name, as written: a Source's, or a table's in SQL
 * @param clauses in their order; each sees what those before it have done
 */
public record SchemaProposal(List<String> table, List<Clause> clauses) {
  /** Copies what is mutable. */
  public SchemaProposal {
    table = List.copyOf(table);
    clauses = List.copyOf(clauses);
  }

  /** One change. */
  public sealed interface Clause {
    /** A column is added. */
    record Add(String column, String type, boolean required) implements Clause {}

    /** A column is dropped. */
    record Drop(String column) implements Clause {}

    /** A column gets another name. */
    record Rename(String column, String to) implements Clause {}

    /** A column gets another type. */
    record Retype(String column, String type) implements Clause {}

    /** A column may be null, or not. */
    record Nullability(String column, boolean nullable) implements Clause {}

    /** Rows are identified by other columns. */
    record Key(List<String> columns) implements Clause {
      /** Copies what is mutable. */
      public Key {
        columns = List.copyOf(columns);
      }
    }

    /** The table goes, or gets another name, and with it the Source. */
    record Gone(String how) implements Clause {}

    /** Something that no event shows, such as another default. */
    record Unseen(String what) implements Clause {}
  }

  /**
   * Reads proposals: a Source's or table's name with clauses as in SQL's {@code ALTER TABLE},
   * separated by commas, such as {@code studio.public.movie drop region, add rating int}; or the
   * statements of a migration, separated by semicolons.
   *
   * @throws IllegalArgumentException with the cause in plain words, without a final full stop
   */
  public static List<SchemaProposal> parse(String text) {
    return new ProposalReader(text).read();
  }

  /** Returns whether the Source ends with this. */
  public boolean endsSource() {
    return clauses.stream().anyMatch(Clause.Gone.class::isInstance);
  }

  /**
   * Returns the schema as it will be.
   *
   * @throws IllegalArgumentException when a column is missing or there already, in plain words
   *     without a final full stop
   */
  public RowSchema apply(RowSchema schema) {
    List<Field> fields = new ArrayList<>(schema.fields());
    List<String> key = new ArrayList<>(schema.keyColumns());
    for (Clause clause : clauses) {
      if (clause instanceof Clause.Add add) {
        if (find(fields, add.column()).isPresent()) {
          throw new IllegalArgumentException("column '" + add.column() + "' is there already");
        }
        fields.add(added(fields, add));
      } else if (clause instanceof Clause.Drop drop) {
        fields.remove(index(fields, drop.column()));
        if (key.contains(drop.column())) {
          // PostgreSQL drops the whole primary key with one of its columns.
          key.clear();
        }
      } else if (clause instanceof Clause.Rename rename) {
        int at = index(fields, rename.column());
        if (find(fields, rename.to()).isPresent()) {
          throw new IllegalArgumentException("column '" + rename.to() + "' is there already");
        }
        Field was = fields.get(at);
        fields.set(
            at, new Field(rename.to(), was.type(), was.nullable(), was.doc(), was.properties()));
        key.replaceAll(column -> column.equals(rename.column()) ? rename.to() : column);
      } else if (clause instanceof Clause.Retype retype) {
        int at = index(fields, retype.column());
        Field was = fields.get(at);
        Map<String, String> properties = new HashMap<>(was.properties());
        properties.put("type", retype.type());
        fields.set(
            at,
            new Field(
                was.name(), ColumnTypes.of(retype.type()), was.nullable(), was.doc(), properties));
      } else if (clause instanceof Clause.Nullability nullability) {
        // Events of columns outside the key may lack them in any case.
        index(fields, nullability.column());
      } else if (clause instanceof Clause.Key columns) {
        columns.columns().forEach(column -> index(fields, column));
        key = new ArrayList<>(columns.columns());
      }
    }
    return new RowSchema(schema.name(), fields, key);
  }

  private static Field added(List<Field> fields, Clause.Add add) {
    int number =
        fields.stream()
            .flatMap(field -> SchemaChanges.number(field).stream())
            .filter(known -> known.matches("[0-9]{1,9}"))
            .mapToInt(Integer::parseInt)
            .max()
            .orElse(0);
    Map<String, String> properties =
        number == 0
            ? Map.of("type", add.type())
            : Map.of("type", add.type(), SchemaChanges.NUMBER, Integer.toString(number + 1));
    return new Field(add.column(), ColumnTypes.of(add.type()), true, "", properties);
  }

  private static Optional<Field> find(List<Field> fields, String name) {
    return fields.stream().filter(field -> field.name().equals(name)).findFirst();
  }

  private static int index(List<Field> fields, String name) {
    List<String> names = fields.stream().map(Field::name).toList();
    int at = names.indexOf(name);
    if (at < 0) {
      throw new IllegalArgumentException(
          "there is no column '" + name + "', but " + String.join(", ", names));
    }
    return at;
  }
}
