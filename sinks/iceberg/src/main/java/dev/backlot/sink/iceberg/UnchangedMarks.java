package dev.backlot.sink.iceberg;

import dev.backlot.transport.Marks;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.SnapshotAncestryValidator;

/**
 * Lets a commit through only onto a history whose marks are still the expected ones: a
 * compare-and-set, since Iceberg asks again on every retry of the commit.
 */
final class UnchangedMarks implements SnapshotAncestryValidator {
  private final Marks expected;
  private Marks found = Marks.NONE;

  UnchangedMarks(Marks expected) {
    this.expected = expected;
  }

  @Override
  public boolean validate(Iterable<Snapshot> baseSnapshots) {
    found = TableMarks.nearest(baseSnapshots).orElse(Marks.NONE);
    return found.equals(expected);
  }

  @Override
  public String errorMessage() {
    return "another writer moved the table's marks: expected " + expected + ", found " + found;
  }
}
