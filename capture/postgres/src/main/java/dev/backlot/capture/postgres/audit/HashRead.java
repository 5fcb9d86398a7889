package dev.backlot.capture.postgres.audit;

import dev.backlot.capture.postgres.catalog.CopyText;
import dev.backlot.model.audit.AuditAnswer.Scope;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;

/**
 * Reads the rows whose keys' hashes begin with some digits: where keys have no order that all
 * engines share. The database scans its table for each part. For one thread.
 */
final class HashRead {
  private static final long MOST_SECONDS = 8;
  private static final int MOST_DIGITS = 8;
  private static final int PACED_ROWS = 500;

  private final Part part;
  private final long limit;

  HashRead(Part part) {
    this.part = part;
    this.limit = part.pace().within(MOST_SECONDS, part.read().limit());
  }

  /** Returns the first prefix, of as many digits as the table's size asks for. */
  String first() {
    int digits = 0;
    while (digits < MOST_DIGITS && part.table().rows() > limit << 4 * digits) {
      digits++;
    }
    return Cursor.first(digits);
  }

  /**
   * Reads the rows of a prefix.
   *
   * @return empty when there are too many, which has cost the connection
   */
  Optional<Reading> read(String prefix) throws SQLException, InterruptedException {
    String condition = part.table().hashed(prefix);
    List<String> conditions = condition.isEmpty() ? List.of() : List.of(condition);
    long[] counts = new long[3];
    boolean complete =
        CopyText.read(
            part.connection(),
            part.table().select(conditions),
            part.table().selected().size(),
            (bytes, offsets, lengths) -> {
              counts[0]++;
              part.rows().add(bytes, offsets, lengths);
              if (!part.rows().isHashed(prefix)) {
                part.rows().removeLast();
                if (!condition.isEmpty()) {
                  throw new IllegalStateException("A key hashes otherwise in the database");
                }
                return true;
              }
              counts[1]++;
              counts[2] += bytes.length;
              if (counts[1] == PACED_ROWS) {
                pause(counts);
              }
              return part.rows().size() <= 2 * limit
                  && part.rows().bytes() <= Part.MOST_ANSWER_BYTES;
            });
    if (!complete) {
      if (prefix.length() == MOST_DIGITS) {
        throw AuditCatalog.refused(part.captured(), "its rows are too large for one answer");
      }
      return Optional.empty();
    }
    Scope scope = new Scope(false, List.of(), List.of(), prefix);
    return Optional.of(part.done(scope, Cursor.following(prefix), counts[0]));
  }

  private void pause(long[] counts) throws SQLException {
    part.check().run();
    try {
      part.pace().await(counts[1], counts[2]);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new SQLException("Interrupted", e);
    }
    counts[1] = 0;
    counts[2] = 0;
  }
}
