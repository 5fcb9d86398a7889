package dev.backlot.capture.postgres.audit;

import dev.backlot.capture.postgres.CapturedTable;
import dev.backlot.capture.postgres.catalog.CopyRows;
import dev.backlot.capture.postgres.catalog.CopyText;
import dev.backlot.capture.postgres.catalog.Snapshot;
import dev.backlot.model.audit.AuditAnswer;
import dev.backlot.model.audit.AuditRead;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A part of a table that is being read in one snapshot. For one thread. */
record Part(
    Connection connection,
    AuditCatalog catalog,
    Snapshot snapshot,
    CapturedTable captured,
    ComparedTable table,
    AuditRead read,
    ReadRows rows,
    Pace pace,
    Runnable check) {

  /** Bytes of keys and values that an answer may hold. */
  static final long MOST_ANSWER_BYTES = 32L << 20;

  /**
   * What a query gave.
   *
   * @param complete false when it was ended early, which has cost the connection
   */
  record Step(long rows, long bytes, boolean complete) {}

  /** Says whether to go on behind a row. */
  @FunctionalInterface
  interface GoesOn {
    boolean behind(long rows, long bytes);
  }

  /** Adds the rows of a query to those of this part. */
  Step step(String query, GoesOn goesOn) throws SQLException {
    long[] counts = new long[2];
    CopyRows.Sink sink =
        (bytes, offsets, lengths) -> {
          rows.add(bytes, offsets, lengths);
          counts[0]++;
          counts[1] += bytes.length;
          if ((counts[0] & 1023) == 0) {
            check.run();
          }
          return goesOn.behind(counts[0], counts[1]);
        };
    boolean complete = CopyText.read(connection, query, table.selected().size(), sink);
    return new Step(counts[0], counts[1], complete);
  }

  /** Returns the key of a query that gives at most one. */
  Optional<List<String>> key(String query) throws SQLException {
    List<String> key = new ArrayList<>();
    TextSlice text = new TextSlice();
    CopyText.read(
        connection,
        query,
        table.keys().size(),
        (bytes, offsets, lengths) -> {
          for (int i = 0; i < offsets.length; i++) {
            table.keys().get(i).text().give(bytes, offsets[i], lengths[i], text);
            key.add(text.toString());
          }
          return true;
        });
    return key.isEmpty() ? Optional.empty() : Optional.of(List.copyOf(key));
  }

  /** Returns whether other engines hold every value of this key, so that a range can end there. */
  boolean canEndAt(List<String> key) {
    for (int i = 0; i < key.size(); i++) {
      byte[] text = key.get(i).getBytes(StandardCharsets.UTF_8);
      if (!table.keys().get(i).text().canonical(text, 0, text.length, new TextSlice())) {
        return false;
      }
    }
    return true;
  }

  Reading done(AuditAnswer.Scope scope, Optional<String> next, long rowsRead) {
    return new Reading(snapshot, table, scope, next, rows, rowsRead);
  }
}
