package dev.backlot.sink.iceberg;

import dev.backlot.transport.Marks;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.SnapshotAncestryValidator;

/**
 * Lets a commit through only onto a history whose marks are still the expected ones: a
 * compare-and-set, since Iceberg asks again on every retry of the commit.
 *
 * <p>Refuses by exceptions of its own. Iceberg answers its own refusals by deleting the commit's
 * manifests; but when the catalog's connection broke in an attempt before, that attempt may have
 * been the commit.
 */
final class UnchangedMarks implements SnapshotAncestryValidator {
  private final String table;
  private final Marks expected;
  private final Marks target;

  UnchangedMarks(String table, Marks expected, Marks target) {
    this.table = table;
    this.expected = expected;
    this.target = target;
  }

  /** The table has the marks of this very commit: an earlier attempt got through. */
  static final class AlreadyCommittedException extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }

  @Override
  public boolean validate(Iterable<Snapshot> baseSnapshots) {
    Marks found = TableMarks.nearest(baseSnapshots).orElse(Marks.NONE);
    if (found.equals(expected)) {
      return true;
    }
    if (found.equals(target)) {
      throw new AlreadyCommittedException();
    }
    throw new IllegalStateException(
        "Cannot commit to table '%s': its marks were moved by another writer, from %s to %s"
            .formatted(table, expected.byPartition(), found.byPartition()));
  }
}
