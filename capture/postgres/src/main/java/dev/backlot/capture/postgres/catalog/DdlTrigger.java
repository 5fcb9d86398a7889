package dev.backlot.capture.postgres.catalog;

import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/**
 * The event trigger that an administrator may install (docs/capture.md), which writes into the log
 * how a captured table looks from there on.
 */
public final class DdlTrigger {
  private static final String MESSAGE = "ddl:";

  private DdlTrigger() {}

  /** A table as the trigger described it. */
  public record Told(int tableOid, List<Catalog.Column> columns) {
    /** Copies what is mutable. */
    public Told {
      columns = List.copyOf(columns);
    }
  }

  /**
   * Reads a message: the table's number, then per column its number, its type's number and modifier
   * and its name in hexadecimal digits, with colons between.
   *
   * @return empty when the message is not the trigger's
   */
  public static Optional<Told> parse(String message) {
    if (!message.startsWith(MESSAGE)) {
      return Optional.empty();
    }
    String[] words = message.substring(MESSAGE.length()).split(" ");
    List<Catalog.Column> columns = new ArrayList<>();
    for (int i = 1; i < words.length; i++) {
      String[] parts = words[i].split(":");
      columns.add(
          new Catalog.Column(
              new String(HexFormat.of().parseHex(parts[3]), StandardCharsets.UTF_8),
              Integer.parseUnsignedInt(parts[1]),
              Integer.parseInt(parts[2]),
              Integer.parseInt(parts[0])));
    }
    return Optional.of(new Told(Integer.parseUnsignedInt(words[0]), columns));
  }

  /**
   * Drops the trigger, unless another connection of Backlot has a publication in this database, or
   * whoever is logged in may not: then it stays and does nothing, since no table is captured.
   */
  public static void dropUnlessUsed(Connection connection) throws SQLException {
    String used =
        new Catalog(connection)
            .text(
                "SELECT EXISTS (SELECT FROM pg_catalog.pg_publication WHERE pubname LIKE"
                    + " 'backlot\\_%')");
    if (used.equals("t")) {
      return;
    }
    try (Statement statement = connection.createStatement()) {
      statement.execute("DROP EVENT TRIGGER IF EXISTS backlot_ddl");
      statement.execute("DROP FUNCTION IF EXISTS public.backlot_ddl()");
    } catch (SQLException e) {
      if (!"42501".equals(e.getSQLState())) {
        throw e;
      }
    }
  }
}
