package dev.backlot.e2e;

import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * A change of a table, as the column {@code a} sees it, and what it means to each kind of pipeline.
 */
enum TableChange {
  ADD(
      "",
      "",
      "ADD COLUMN a int",
      "NEW.a := NEW.v % 1000000",
      Set.of("a"),
      new Meaning(Reader.ALL, Fate.UPGRADES),
      new Meaning(Reader.SOME_OTHERS, Fate.UNDISTURBED)),
  ADD_DEFAULT(
      "",
      "",
      "ADD COLUMN a text NOT NULL DEFAULT 'none'",
      "NEW.a := 'a' || NEW.v",
      Set.of("a"),
      new Meaning(Reader.ALL, Fate.UPGRADES),
      new Meaning(Reader.SOME_OTHERS, Fate.UNDISTURBED)),
  DROP(
      "a text",
      "NEW.a := 'a' || NEW.v",
      "DROP COLUMN a",
      "",
      Set.of(),
      new Meaning(Reader.ALL_BY_NAME, Fate.WAITS),
      new Meaning(Reader.ALL, Fate.UNDISTURBED),
      new Meaning(Reader.SOME, Fate.WAITS),
      new Meaning(Reader.SOME_OTHERS, Fate.UNDISTURBED)),
  RENAME(
      "a text",
      "NEW.a := 'a' || NEW.v",
      "RENAME COLUMN a TO a2",
      "NEW.a2 := 'a' || NEW.v",
      Set.of("a2"),
      new Meaning(Reader.ALL_BY_NAME, Fate.WAITS),
      new Meaning(Reader.ALL, Fate.UPGRADES),
      new Meaning(Reader.SOME, Fate.WAITS),
      new Meaning(Reader.SOME_OTHERS, Fate.UNDISTURBED)),
  WIDEN(
      "a int",
      "NEW.a := NEW.v % 1000000",
      "ALTER COLUMN a TYPE bigint",
      "NEW.a := NEW.v + 10000000000",
      Set.of("a"),
      new Meaning(Reader.ALL_BY_NAME, Fate.UPGRADES),
      new Meaning(Reader.ALL, Fate.UPGRADES),
      new Meaning(Reader.SOME, Fate.UPGRADES),
      new Meaning(Reader.SOME_OTHERS, Fate.UNDISTURBED)),
  WIDEN_DECIMAL(
      "a numeric(10,2)",
      "NEW.a := NEW.v % 1000 / 4.0",
      "ALTER COLUMN a TYPE numeric(14,2)",
      "NEW.a := NEW.v + 10000000000.25",
      Set.of("a"),
      new Meaning(Reader.ALL, Fate.UPGRADES),
      new Meaning(Reader.SOME, Fate.UPGRADES),
      new Meaning(Reader.SOME_OTHERS, Fate.UNDISTURBED)),
  NARROW(
      "a bigint",
      "NEW.a := NEW.v",
      "ALTER COLUMN a TYPE int",
      "NEW.a := NEW.v % 1000000",
      Set.of("a"),
      new Meaning(Reader.ALL_BY_NAME, Fate.WAITS),
      new Meaning(Reader.ALL, Fate.UNDISTURBED),
      new Meaning(Reader.SOME, Fate.WAITS),
      new Meaning(Reader.SOME_OTHERS, Fate.UNDISTURBED)),
  RETYPE(
      "a text",
      "NEW.a := NEW.v::text",
      "ALTER COLUMN a TYPE int USING a::int",
      "NEW.a := NEW.v",
      Set.of("a"),
      new Meaning(Reader.ALL_BY_NAME, Fate.WAITS),
      new Meaning(Reader.ALL, Fate.WAITS),
      new Meaning(Reader.SOME, Fate.WAITS),
      new Meaning(Reader.SOME_OTHERS, Fate.UNDISTURBED)),
  NULLABLE(
      "a int NOT NULL",
      "NEW.a := NEW.v",
      "ALTER COLUMN a DROP NOT NULL",
      "NEW.a := nullif(NEW.v % 3, 0)",
      Set.of(),
      new Meaning(Reader.ALL_BY_NAME, Fate.UNDISTURBED),
      new Meaning(Reader.SOME, Fate.UNDISTURBED)),
  REQUIRED(
      "a int",
      "NEW.a := NEW.v",
      "ALTER COLUMN a SET NOT NULL",
      "NEW.a := NEW.v",
      Set.of("a"),
      new Meaning(Reader.ALL_BY_NAME, Fate.UNDISTURBED),
      new Meaning(Reader.SOME, Fate.UNDISTURBED)),
  LABEL(
      "a matrix.phase",
      "NEW.a := 'OPEN'",
      "",
      "NEW.a := 'WRAPPED'",
      Set.of("a"),
      new Meaning(Reader.ALL_BY_NAME, Fate.UNDISTURBED),
      new Meaning(Reader.SOME, Fate.UNDISTURBED)),
  DEFAULT(
      "a int DEFAULT 1",
      "NEW.a := coalesce(NEW.a, NEW.v)",
      "ALTER COLUMN a SET DEFAULT 2",
      "NEW.a := coalesce(NEW.a, NEW.v)",
      Set.of("a"),
      new Meaning(Reader.ALL_BY_NAME, Fate.UNDISTURBED),
      new Meaning(Reader.SOME, Fate.UNDISTURBED)),
  COMMENT(
      "a int",
      "NEW.a := NEW.v",
      "",
      "NEW.a := NEW.v",
      Set.of("a"),
      new Meaning(Reader.ALL, Fate.UNDISTURBED),
      new Meaning(Reader.SOME, Fate.UNDISTURBED)),
  MADE_AGAIN(
      "a text",
      "NEW.a := 'a' || NEW.v",
      "DROP COLUMN a, ADD COLUMN a text",
      "NEW.a := 'again' || NEW.v",
      Set.of("a"),
      new Meaning(Reader.ALL, Fate.UNDISTURBED),
      new Meaning(Reader.SOME, Fate.UNDISTURBED),
      new Meaning(Reader.SOME_OTHERS, Fate.UNDISTURBED)),
  KEY(
      "a int",
      "NEW.a := NEW.v",
      "DROP CONSTRAINT %s_pkey, ADD PRIMARY KEY (code)",
      "NEW.a := NEW.v",
      Set.of("a"),
      new Meaning(Reader.ALL, Fate.UPGRADES),
      new Meaning(Reader.SOME_OTHERS, Fate.UPGRADES));

  /** How a pipeline takes the table's columns, and among them {@code a}. */
  enum Reader {
    /** Opted in, and a step names the column. */
    ALL_BY_NAME,
    /** Opted in; the column is passed on. */
    ALL,
    /** Opted out; the column is consumed. */
    SOME,
    /** Opted out; other columns are consumed. */
    SOME_OTHERS;

    String suffix() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** What happens to a pipeline. */
  enum Fate {
    /** The same job goes on. */
    UNDISTURBED,
    /** Another job goes on. */
    UPGRADES,
    /** The job stands before the first event of the new schema. */
    WAITS
  }

  /** A pipeline, and what is to happen to it. */
  record Meaning(Reader reader, Fate fate) {}

  /** The column as the table is created with it, or empty. */
  final String column;

  /** What the table's trigger says of the column before. */
  final String fillBefore;

  /** What the table's trigger says of the column afterwards. */
  final String fillAfter;

  /** Columns that every row has that is written afterwards. */
  final Set<String> filled;

  private final String alter;
  private final List<Meaning> meanings;

  TableChange(
      String column,
      String fillBefore,
      String alter,
      String fillAfter,
      Set<String> filled,
      Meaning... meanings) {
    this.column = column;
    this.fillBefore = fillBefore;
    this.alter = alter;
    this.fillAfter = fillAfter;
    this.filled = filled;
    this.meanings = List.of(meanings);
  }

  List<Meaning> meanings() {
    return meanings;
  }

  String table() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Returns the statement that changes the table. */
  String statement() {
    return switch (this) {
      case LABEL -> "ALTER TYPE matrix.phase ADD VALUE 'WRAPPED'";
      case COMMENT -> "COMMENT ON COLUMN matrix.comment.a IS 'said later'";
      default -> "ALTER TABLE matrix." + quoted() + " " + alter.formatted(table());
    };
  }

  /** Returns the table's name as SQL takes it. */
  String quoted() {
    return '"' + table() + '"';
  }
}
