package dev.backlot.e2e;

import com.fasterxml.jackson.databind.JsonNode;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/**
 * The demo's database beside the table {@code production_board} that is made of it, each row as one
 * line of text. What a row should be is asked of the database alone, with statements that share
 * nothing with the graph's.
 */
final class StudioTables {
  private static final List<String> COLUMNS =
      List.of(
          "movie_id",
          "title",
          "phase",
          "director_name",
          "days_left",
          "days_wrapped",
          "next_shoot_date",
          "next_location",
          "open_deals",
          "signed_deals",
          "open_fees_usd",
          "signed_fees_usd");

  private static final String EXPECTED =
      """
      SELECT concat_ws('|', m.movie_id, coalesce(m.title, '-'), m.phase, coalesce(m.director, '-'),
        (SELECT count(*) FROM schedule_day d
          WHERE d.movie_id = m.movie_id AND d.status NOT IN ('WRAPPED', 'SCRUBBED')),
        (SELECT count(*) FROM schedule_day d WHERE d.movie_id = m.movie_id AND d.status = 'WRAPPED'),
        coalesce(next.work_date::text, '-'), coalesce(next.location, '-'),
        (SELECT count(*) FROM deal d
          WHERE d.movie_id = m.movie_id AND d.status NOT IN ('SIGNED', 'VOID')),
        (SELECT count(*) FROM deal d WHERE d.movie_id = m.movie_id AND d.status = 'SIGNED'),
        (SELECT coalesce(sum(d.fee), 0.00) FROM deal d WHERE d.movie_id = m.movie_id
          AND d.status NOT IN ('SIGNED', 'VOID') AND d.currency = 'USD'),
        (SELECT coalesce(sum(d.fee), 0.00) FROM deal d WHERE d.movie_id = m.movie_id
          AND d.status = 'SIGNED' AND d.currency = 'USD'))
      FROM movie m LEFT JOIN LATERAL (
        SELECT work_date, location FROM schedule_day d
        WHERE d.movie_id = m.movie_id AND d.status NOT IN ('WRAPPED', 'SCRUBBED')
        ORDER BY work_date, day_number, unit LIMIT 1) next ON true
      ORDER BY m.movie_id
      """;

  private final int port;
  private final Command command;

  /**
   * Looks at a demo.
   *
   * @param port of its database
   */
  StudioTables(int port, Command command) {
    this.port = port;
    this.command = command;
  }

  /** Opens a connection to the studio's database, as the studio itself. */
  Connection connect() throws SQLException {
    return DriverManager.getConnection(
        "jdbc:postgresql://localhost:" + port + "/studio", "studio", "studio");
  }

  /** Runs a statement in a transaction of its own. */
  void execute(String sql) throws SQLException {
    try (Connection connection = connect();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  /** Returns the rows that the board should have now, by movie. */
  List<String> expectedBoard() throws SQLException {
    List<String> lines = new ArrayList<>();
    try (Connection connection = connect();
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(EXPECTED)) {
      while (rows.next()) {
        lines.add(rows.getString(1));
      }
    }
    return lines;
  }

  /** Returns the rows that the board has now, by movie. */
  List<String> board() {
    return board("");
  }

  /** Returns a movie's row. */
  String board(long movieId) {
    return String.join("\n", board("WHERE movie_id = " + movieId));
  }

  /** Returns what a movie's open deals cost, in whole dollars; -1 while nobody can tell. */
  long visibleFee(long movieId) {
    return command.number(
        "SELECT floor(CAST(open_fees_usd AS DOUBLE))::BIGINT AS fee FROM studio.production_board_latest"
            + " WHERE movie_id = "
            + movieId);
  }

  private List<String> board(String where) {
    List<String> lines = new ArrayList<>();
    String sql =
        "SELECT "
            + String.join(", ", COLUMNS)
            + " FROM studio.production_board_latest "
            + where
            + " ORDER BY movie_id";
    for (JsonNode row : command.rows(sql)) {
      lines.add(String.join("|", COLUMNS.stream().map(name -> text(row.path(name))).toList()));
    }
    return lines;
  }

  private static String text(JsonNode value) {
    return value.isNull() || value.isMissingNode() ? "-" : value.asText();
  }
}
