package dev.backlot.capture.postgres.audit;

import dev.backlot.capture.postgres.audit.Part.Step;
import dev.backlot.model.audit.AuditAnswer.Scope;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Reads the next rows in key order, in steps that each take a fraction of a second, and ends
 * wherever it is when the snapshot has been held for long enough. For one thread.
 */
final class RangeRead {
  private static final long MOST_SECONDS = 8;
  private static final long HARD_MILLIS = 10_000;
  private static final long WAITER_MILLIS = 500;
  private static final long STEP_BYTES = 8L << 20;
  private static final long MOST_STEP_BYTES = 64L << 20;
  private static final long FEWEST_ROWS = 500;
  private static final long MOST_ROWS = 20_000;

  private final Part part;
  private final List<String> start;
  private final boolean filtered;
  private List<String> after;
  private long stepRows;
  private long read;
  private long waiterSought;

  /**
   * Prepares.
   *
   * @param start the key behind which it begins; empty for the table's beginning
   * @param stepRows how many rows of the table fit a step, as far as is known
   */
  RangeRead(Part part, List<String> start, long stepRows) {
    this.part = part;
    this.start = start;
    this.after = start;
    this.stepRows = Math.min(stepRows, FEWEST_ROWS);
    this.filtered = !part.table().where().isEmpty();
  }

  /** Returns how many rows of the table fit a step. */
  long stepRows() {
    return stepRows;
  }

  Reading read() throws SQLException, InterruptedException {
    long most = part.pace().within(MOST_SECONDS, part.read().limit());
    boolean complete = true;
    while (complete) {
      part.check().run();
      long size = Math.min(stepRows, Math.max(1, most - read));
      Optional<List<String>> bound = filtered ? bound(size) : Optional.empty();
      Step step = part.step(query(bound, size), this::fits);
      complete = step.complete();
      long passed = filtered && complete && bound.isPresent() ? size : step.rows();
      read += passed;
      if (complete && (filtered ? bound.isEmpty() : step.rows() < size)) {
        return part.done(new Scope(false, start, List.of(), ""), Optional.empty(), read);
      }
      after = filtered && complete ? bound.orElseThrow() : part.rows().key();
      learn(step);
      if (complete && part.canEndAt(after) && isEnough(most)) {
        break;
      }
      part.pace().await(complete ? passed : 0, step.bytes());
    }
    if (!part.canEndAt(after)) {
      throw AuditCatalog.refused(
          part.captured(), "too many rows have keys that only PostgreSQL can order");
    }
    Optional<String> next = Optional.of(Cursor.behind(after).text());
    return part.done(new Scope(false, start, after, ""), next, read);
  }

  private boolean fits(long rows, long bytes) {
    return bytes <= MOST_STEP_BYTES
        && part.rows().bytes() <= Part.MOST_ANSWER_BYTES
        && ((rows & 63) != 0 || part.pace().elapsedMillis() < HARD_MILLIS);
  }

  private boolean isEnough(long most) throws SQLException {
    long now = part.pace().elapsedMillis();
    if (read >= most
        || now >= MOST_SECONDS * 1_000
        || part.rows().bytes() > Part.MOST_ANSWER_BYTES) {
      return true;
    }
    if (now - waiterSought < WAITER_MILLIS) {
      return false;
    }
    waiterSought = now;
    return part.catalog().isWaitedFor();
  }

  /** Where few rows fulfil a predicate, a step must still end after so many rows of the table. */
  private Optional<List<String>> bound(long size) throws SQLException {
    return part.key(part.table().selectBound(conditions(), size));
  }

  private String query(Optional<List<String>> bound, long size) {
    List<String> conditions = conditions();
    bound.ifPresent(key -> conditions.add(part.table().upTo(key)));
    String query = part.table().selectInOrder(conditions);
    return filtered ? query : query + " LIMIT " + size;
  }

  private List<String> conditions() {
    List<String> conditions = new ArrayList<>();
    if (!after.isEmpty()) {
      conditions.add(part.table().behind(after));
    }
    return conditions;
  }

  /** A step takes about a tenth of a second at the read's pace, and not too many bytes. */
  private void learn(Step step) {
    long perStep = part.pace().within(1, 10 * MOST_ROWS) / 10;
    long byBytes = step.rows() == 0 ? MOST_ROWS : STEP_BYTES * step.rows() / step.bytes();
    stepRows = Math.max(1, Math.min(Math.max(perStep, FEWEST_ROWS), byBytes));
  }
}
