package dev.backlot.e2e;

import com.fasterxml.jackson.databind.JsonNode;
import dev.backlot.checker.Checker;
import dev.backlot.checker.SourceTable;
import dev.backlot.checker.Verdict;
import dev.backlot.e2e.TableChange.Fate;
import dev.backlot.e2e.TableChange.Meaning;
import dev.backlot.e2e.TableChange.Reader;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * One pipeline of the matrix, looked at when its table has changed and nobody writes any more.
 *
 * @param job what the pipeline ran before the change
 * @param schemas of its Source's events before the change
 */
record MatrixCase(MatrixTable table, Meaning meaning, String job, Set<Integer> schemas) {

  String pipeline() {
    return table.pipelineName(meaning.reader());
  }

  /** Returns the one job that a pipeline has, or what is wrong with that. */
  static String job(JsonNode status) {
    JsonNode jobs = status.path("jobs");
    return jobs.size() == 1
        ? jobs.get(0).path("id").asText() + " since " + jobs.get(0).path("started_at").asText()
        : jobs.size() + " jobs";
  }

  /** Returns whether the pipeline has come to where it must, as far as its status tells. */
  boolean isSettled(JsonNode status) {
    return switch (meaning.fate()) {
      case UNDISTURBED -> true;
      case UPGRADES -> status.path("jobs").size() == 1 && !job(status).equals(job);
      case WAITS -> status.path("state").asText().equals("blocked");
    };
  }

  /** Returns everything that is not as it must be. */
  List<String> faults(JsonNode status, TopicRecords topic, long epoch, Rest rest, Connection source)
      throws IOException, SQLException {
    List<String> faults = new ArrayList<>();
    status(status, faults);
    events(topic, epoch, rest, faults);
    if (meaning.fate() == Fate.WAITS) {
      long behind =
          rest.number(
              "SELECT count(*) FROM matrix.%s WHERE v > %d"
                  .formatted(pipeline(), table.boundary()));
      if (behind != 0) {
        faults.add(behind + " rows were written after the change");
      }
    } else {
      fields(rest, faults);
      contents(rest, source, faults);
    }
    return faults;
  }

  private void status(JsonNode status, List<String> faults) {
    boolean same = job(status).equals(job);
    if (status.path("jobs").size() != 1) {
      faults.add(job(status));
    } else if (same == (meaning.fate() == Fate.UPGRADES)) {
      faults.add(same ? "its job is the same" : "its job is another: " + job + ", " + job(status));
    }
    String state = status.path("state").asText();
    if (meaning.fate() == Fate.WAITS) {
      if (!state.equals("blocked")
          || !status.path("code").asText().equals("SCHEMA_INCOMPATIBLE")
          || !status.path("reason").asText().contains("field 'a'")) {
        faults.add("it is " + state + ": " + status.path("reason").asText());
      }
    } else if (!state.equals("running") && !state.equals("catching_up")) {
      faults.add("it is " + state + ": " + status.path("reason").asText());
    }
  }

  /** Compares the raw table with the topic: nothing lost, nothing doubled, nothing invented. */
  private void events(TopicRecords topic, long epoch, Rest rest, List<String> faults)
      throws IOException {
    TopicRecords expected = meaning.fate() == Fate.WAITS ? topic.before(schemas) : topic;
    faults.addAll(expected.compare(rest, "matrix." + pipeline(), epoch));
    if (expected.partitions().size() < 2 || expected.events().size() < MatrixTable.FIRST_ROWS) {
      faults.add("only " + expected.events().size() + " events were written");
    }
  }

  /** What was written after the change has the fields that came with it. */
  private void fields(Rest rest, List<String> faults) {
    if (meaning.reader() == Reader.SOME_OTHERS) {
      return;
    }
    for (String field : table.change().filled) {
      String after =
          "FROM matrix.%s WHERE _op <> 'd' AND v > %d".formatted(pipeline(), table.boundary());
      long rows = rest.number("SELECT count(*) " + after);
      long empty = rest.number("SELECT count(*) " + after + " AND " + field + " IS NULL");
      if (rows <= 0 || empty != 0) {
        faults.add(empty + " of " + rows + " rows lack " + field);
      }
    }
  }

  /** Compares the view with the source. */
  private void contents(Rest rest, Connection source, List<String> faults)
      throws IOException, SQLException {
    Checker checker = new Checker(source, new RestTarget(rest));
    String view = "matrix." + pipeline() + "_latest";
    List<String> columns = columns(source);
    boolean partly =
        table.change() == TableChange.RENAME || table.change() == TableChange.MADE_AGAIN;
    if (!partly || meaning.reader() == Reader.SOME_OTHERS) {
      compare(checker, "true", view, columns, faults);
      return;
    }
    // What rows from before hold under the new name is no event; it takes a backfill.
    List<String> old = columns.stream().filter(column -> !column.startsWith("a")).toList();
    compare(checker, "true", view, old, faults);
    String after = "v > " + table.boundary();
    compare(
        checker, after, "(SELECT * FROM " + view + " WHERE " + after + ") AS r", columns, faults);
  }

  private List<String> columns(Connection source) throws SQLException {
    SourceTable described = SourceTable.describe(source, "matrix", table.change().table());
    Set<String> taken =
        switch (meaning.reader()) {
          case ALL, ALL_BY_NAME -> described.columns().keySet();
          case SOME -> Set.of("v", "a");
          case SOME_OTHERS -> Set.of("v", "b");
        };
    return described.columns().keySet().stream()
        .filter(column -> taken.contains(column) || described.key().contains(column))
        .toList();
  }

  private void compare(
      Checker checker, String where, String view, List<String> columns, List<String> faults)
      throws IOException, SQLException {
    Verdict verdict =
        checker.compareCounted("matrix", table.change().table(), where, view, columns);
    if (!verdict.equal() || verdict.sourceRows() == 0) {
      faults.add(columns + " where " + where + ": " + verdict);
    }
  }
}
