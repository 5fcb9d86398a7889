package dev.backlot.warehouse;

import java.util.Map;
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
  private final Map<String, String> expected;
  private final Map<String, String> target;

  UnchangedMarks(String table, Map<String, String> expected, Map<String, String> target) {
    this.table = table;
    this.expected = Map.copyOf(expected);
    this.target = Map.copyOf(target);
  }

  /** The table has the marks of this very commit: an earlier attempt got through. */
  static final class AlreadyCommittedException extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }

  @Override
  public boolean validate(Iterable<Snapshot> baseSnapshots) {
    Map<String, String> found = SnapshotMarks.nearest(baseSnapshots).orElse(Map.of());
    if (found.equals(expected)) {
      return true;
    }
    if (found.equals(target)) {
      throw new AlreadyCommittedException();
    }
    throw new IllegalStateException(
        "Cannot commit to table '%s': its marks were moved by another writer, from %s to %s"
            .formatted(table, expected, found));
  }
}
