package dev.backlot.capture.postgres.stream;

import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.postgresql.replication.LogSequenceNumber;

/**
 * A server's timelines and where each ended. A promoted standby tells again what its predecessor
 * told last; that must have the positions that it had, or it would count as new.
 *
 * @param current the timeline that the server writes now
 * @param earlier those before, oldest first
 */
record Timelines(int current, List<Ended> earlier) {
  /**
   * A timeline that is over.
   *
   * @param end the first place of the log that is no longer its own
   */
  record Ended(int timeline, long end) {}

  Timelines {
    earlier = List.copyOf(earlier);
  }

  /** Returns the timeline on which the record at this place was written. */
  int at(long place) {
    for (Ended ended : earlier) {
      if (Long.compareUnsigned(place, ended.end()) < 0) {
        return ended.timeline();
      }
    }
    return current;
  }

  /** Asks the server, over a replication connection. */
  static Timelines of(Connection replication) throws SQLException {
    try (Statement statement = replication.createStatement()) {
      int current;
      try (ResultSet row = statement.executeQuery("IDENTIFY_SYSTEM")) {
        row.next();
        current = row.getInt("timeline");
      }
      if (current == 1) {
        return new Timelines(current, List.of());
      }
      try (ResultSet row = statement.executeQuery("TIMELINE_HISTORY " + current)) {
        row.next();
        return new Timelines(current, parse(row.getString(2)));
      }
    }
  }

  /** Reads a history file: timeline, place and reason in each line, parted by tabs. */
  static List<Ended> parse(String history) {
    List<Ended> earlier = new ArrayList<>();
    String text =
        history.startsWith("\\x")
            ? new String(
                java.util.HexFormat.of().parseHex(history.substring(2)), StandardCharsets.UTF_8)
            : history;
    for (String line : text.split("\\R")) {
      String[] parts = line.strip().split("\\s+", 3);
      if (parts.length >= 2 && !parts[0].startsWith("#")) {
        earlier.add(
            new Ended(Integer.parseInt(parts[0]), LogSequenceNumber.valueOf(parts[1]).asLong()));
      }
    }
    return earlier;
  }
}
