package dev.backlot.quality.round;

import dev.backlot.metadata.DumpStore;
import dev.backlot.metadata.DumpStore.Dump;
import dev.backlot.metadata.MetadataDatabase;
import dev.backlot.quality.audit.Finding;
import dev.backlot.quality.audit.Finding.Kind;
import dev.backlot.quality.audit.NotNowException;
import dev.backlot.quality.audit.Subject;
import dev.backlot.quality.audit.TableAudit;
import dev.backlot.quality.table.TableReader;
import dev.backlot.quality.table.TableReader.Place;
import dev.backlot.quality.table.TableReader.Version;
import dev.backlot.warehouse.TableName;
import dev.backlot.warehouse.maintenance.RowPlace;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Mends differences: rows that no record explains, and repetitions, go from the table's files; then
 * the keys are dumped, which also ends those that the database has not, so that the topic and
 * everybody who reads it are right as well; then they are compared again.
 */
final class TableRepair {
  private static final int KEYS_OF_A_DUMP = 500;
  private static final Duration LONGEST_DUMP = Duration.ofMinutes(30);

  private final MetadataDatabase metadata;
  private final TableReader reader;
  private final AuditHost host;

  TableRepair(MetadataDatabase metadata, TableReader reader, AuditHost host) {
    this.metadata = metadata;
    this.reader = reader;
    this.host = host;
  }

  /** Says what a finding's repair would do. */
  static String action(Finding finding) {
    return switch (finding.kind()) {
      case MISSING, DIFFERENT -> "dump of the key";
      case EXTRA -> "dump of the key, which deletes it";
      case DOUBLED -> "removal of the repetition";
      case UNEXPLAINED -> "removal of the row, dump of the key";
    };
  }

  /**
   * What was done.
   *
   * @param removedRows from the table's files
   * @param remaining what still differs, or has not come to rest yet
   * @param restless keys that have not come to rest
   */
  record Repaired(
      long removedRows, long dumpedRows, List<Finding> remaining, Set<List<String>> restless) {}

  /**
   * Repairs.
   *
   * @param whole whether more keys differ than are known, so that the whole Source is dumped
   * @throws NotNowException when it can't be done now; what was done stays
   */
  Repaired run(Subject subject, List<Finding> findings, boolean whole) {
    List<RowPlace> places = places(subject, findings);
    long removed =
        places.isEmpty() ? 0 : host.remove(TableName.parse(subject.mapping().table()), places);
    Set<List<String>> keys = new LinkedHashSet<>();
    for (Finding finding : findings) {
      if (finding.kind() != Kind.DOUBLED) {
        keys.add(finding.key());
      }
    }
    long dumped = 0;
    List<List<String>> all = List.copyOf(keys);
    for (int from = 0; from < all.size(); from += KEYS_OF_A_DUMP) {
      List<List<String>> some = all.subList(from, Math.min(all.size(), from + KEYS_OF_A_DUMP));
      dumped += dump(subject, Optional.of(some));
    }
    if (whole) {
      dumped += dump(subject, Optional.empty());
    }
    findings.forEach(finding -> keys.add(finding.key()));
    TableAudit audit = new TableAudit(subject, metadata, reader);
    List<Finding> remaining = new ArrayList<>(audit.keys(keys).findings());
    Set<List<String>> restless = audit.restless();
    for (Finding finding : findings) {
      if (restless.contains(finding.key())) {
        remaining.add(finding);
      }
    }
    return new Repaired(removed, dumped, remaining, restless);
  }

  private long dump(Subject subject, Optional<List<List<String>>> keys) {
    DumpStore dumps = metadata.dumps();
    List<List<String>> readable =
        keys.map(some -> some.stream().map(subject::readable).toList()).orElse(null);
    String source = subject.mapping().source();
    long id =
        dumps.request(source, subject.mapping().epoch(), subject.connection(), false, "", readable);
    long deadline = System.nanoTime() + LONGEST_DUMP.toNanos();
    while (System.nanoTime() < deadline) {
      Dump dump = dumps.find(id).orElseThrow(() -> new NotNowException("The dump was forgotten."));
      switch (dump.state()) {
        case DONE -> {
          return dump.dumpedRows();
        }
        case FAILED, CANCELLED ->
            throw new NotNowException("Dump " + id + " of '" + source + "': " + dump.reason());
        default -> NotNowException.pause(Duration.ofMillis(200));
      }
    }
    throw new NotNowException(
        "Dump "
            + id
            + " of '"
            + source
            + "' takes more than "
            + LONGEST_DUMP.toMinutes()
            + " minutes.");
  }

  /** Returns the rows that must go from the files: looked up now, since files are rewritten. */
  private List<RowPlace> places(Subject subject, List<Finding> findings) {
    List<RowPlace> places = new ArrayList<>();
    List<List<String>> repeated = new ArrayList<>();
    for (Finding finding : findings) {
      if (finding.kind() == Kind.UNEXPLAINED) {
        finding.place().ifPresent(place -> places.add(removal(place, 0)));
      } else if (finding.kind() == Kind.DOUBLED) {
        repeated.add(finding.key());
      }
    }
    if (!repeated.isEmpty()) {
      places.addAll(repetitions(reader.versions(subject.mapping(), repeated)));
    }
    return places;
  }

  private record Change(List<String> key, String position, String op) {}

  /**
   * The last of equal changes stays, and versions come newest first. Compaction drops what a newer
   * version supersedes, at any moment: were the last one removed, none might be left.
   */
  private static List<RowPlace> repetitions(List<Version> versions) {
    Set<Change> kept = new HashSet<>();
    Set<Place> keptPlaces = new HashSet<>();
    List<RowPlace> places = new ArrayList<>();
    for (Version version : versions) {
      if (version.op().equals("t")) {
        continue;
      }
      boolean last = kept.add(new Change(version.key(), version.position(), version.op()));
      if (last) {
        keptPlaces.add(version.place());
      } else {
        places.add(removal(version.place(), keptPlaces.contains(version.place()) ? 1 : 0));
      }
    }
    return places.stream().distinct().toList();
  }

  private static RowPlace removal(Place place, int keep) {
    return new RowPlace(place.source(), place.epoch(), place.partition(), place.offset(), keep);
  }
}
