package dev.backlot.quality.audit;

import dev.backlot.metadata.MetadataDatabase;
import dev.backlot.model.audit.AuditAnswer;
import dev.backlot.model.audit.AuditAnswer.Row;
import dev.backlot.model.audit.AuditRead.Detail;
import dev.backlot.quality.audit.Finding.Kind;
import dev.backlot.quality.table.TableReader;
import dev.backlot.quality.table.TableReader.Doubled;
import dev.backlot.quality.table.TableReader.Place;
import dev.backlot.quality.table.TableReader.Unexplained;
import dev.backlot.schema.canonical.RowDigest.Sum;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Compares a table with one of its Sources: sums over ranges of keys at positions that both have in
 * common; where sums differ, digests of keys; where digests differ, values, looked at again.
 *
 * <p>The source side of many ranges is asked for before the table is looked at, which is then read
 * at a later snapshot but below each range's own offsets. For one thread; lives as long as one
 * round.
 */
public final class TableAudit {
  /** How many keys that differ are looked at again in one round. */
  public static final int MOST_KEYS = 500;

  private static final int RANGES_AHEAD = 16;
  private static final int TRIES = 4;
  private static final int SLACK = 1_000;
  private static final int MOST_MOVING = 500;
  private static final int MOST_DOUBLED = 100;

  private final Subject subject;
  private final TableReader reader;
  private final SourceReads source;
  private final Runnable surroundings;
  private final TableSide table;
  private final Confirmation confirmation;

  private final Set<List<String>> candidates = new LinkedHashSet<>();
  private final Set<List<String>> moving = new LinkedHashSet<>();
  private final List<Doubled> doubled = new ArrayList<>();
  private final Set<List<String>> restless = new HashSet<>();
  private Instant asOf = Instant.MAX;
  private long rows;
  private long suspected;
  private long movingBeyond;

  /** Prepares. */
  public TableAudit(Subject subject, MetadataDatabase metadata, TableReader reader) {
    this.subject = subject;
    this.reader = reader;
    this.source = new SourceReads(metadata.auditReads());
    Surroundings around = new Surroundings(metadata.pipelines(), metadata.sources());
    this.surroundings = () -> around.check(subject);
    this.table = new TableSide(reader, subject, surroundings);
    this.confirmation = new Confirmation(subject, source, reader, table, surroundings);
  }

  /** A range as the database answered for it, and where it began. */
  private record Range(Optional<String> cursor, AuditAnswer answer) {}

  /**
   * Compares all keys.
   *
   * @throws NotNowException when it can't be told now
   */
  public Comparison whole() {
    surroundings.run();
    List<Range> ahead = new ArrayList<>();
    Optional<String> cursor = Optional.empty();
    do {
      Range range = ask(Detail.SUMS, cursor);
      ahead.add(range);
      cursor = range.answer().next();
      if (ahead.size() == RANGES_AHEAD || cursor.isEmpty()) {
        ahead.forEach(this::compare);
        ahead.clear();
      }
    } while (cursor.isPresent());
    List<Finding> tooMany = rowsTooMany(doubled);
    Set<List<String>> open = new LinkedHashSet<>(candidates);
    open.addAll(moving);
    open.removeAll(unexplained(tooMany));
    Confirmation.Result confirmed = confirmation.of(open);
    List<Finding> findings = new ArrayList<>(confirmed.findings());
    findings.addAll(tooMany);
    rows += confirmed.equal();
    if (findings.isEmpty() && suspected > candidates.size()) {
      throw new NotNowException(
          suspected + " keys changed while they were compared, more than can be looked at again.");
    }
    return new Comparison(
        asOf, rows, confirmed.moving().size() + movingBeyond, findings, suspected);
  }

  /**
   * Compares some keys.
   *
   * @throws NotNowException when it can't be told now
   */
  public Comparison keys(Collection<List<String>> keys) {
    surroundings.run();
    Instant begin = Instant.now();
    List<List<String>> all = List.copyOf(new LinkedHashSet<>(keys));
    List<Finding> findings = new ArrayList<>();
    long equal = 0;
    restless.clear();
    for (int from = 0; from < all.size(); from += MOST_KEYS) {
      List<List<String>> some = all.subList(from, Math.min(all.size(), from + MOST_KEYS));
      List<Long> offsets = reader.marks(subject.mapping()).orElse(List.of());
      List<Finding> tooMany =
          rowsTooMany(
              reader.doubled(subject.mapping(), TableSide.KEYS, some, offsets, MOST_DOUBLED));
      tooMany.removeIf(finding -> !some.contains(finding.key()));
      Set<List<String>> open = new LinkedHashSet<>(some);
      open.removeAll(unexplained(tooMany));
      Confirmation.Result result = confirmation.of(open);
      findings.addAll(result.findings());
      findings.addAll(tooMany);
      equal += result.equal();
      restless.addAll(result.moving());
    }
    return new Comparison(begin, equal, restless.size(), findings, findings.size());
  }

  /** Returns those of the keys compared last that have not come to rest. */
  public Set<List<String>> restless() {
    return Set.copyOf(restless);
  }

  /** A row above all records makes its key look as if it moved. */
  private static Set<List<String>> unexplained(List<Finding> findings) {
    Set<List<String>> keys = new HashSet<>();
    findings.stream()
        .filter(finding -> finding.kind() == Kind.UNEXPLAINED)
        .forEach(finding -> keys.add(finding.key()));
    return keys;
  }

  private Range ask(Detail detail, Optional<String> cursor) {
    for (int attempt = 1; attempt <= TRIES; attempt++) {
      surroundings.run();
      AuditAnswer answer = source.ask(subject, subject.read(detail, cursor), surroundings);
      if (!answer.allMoving()) {
        asOf = answer.at().isBefore(asOf) ? answer.at() : asOf;
        return new Range(cursor, answer);
      }
    }
    throw new NotNowException(
        "Source '" + subject.mapping().source() + "' is truncated again and again.");
  }

  private void compare(Range asked) {
    Range range = asked;
    for (int attempt = 1; attempt <= TRIES; attempt++) {
      table.await(range.answer().offsets());
      Set<List<String>> touched = new HashSet<>(range.answer().moving());
      Sum wanted = sum(range.answer());
      if (table.sum(range.answer(), touched).equals(wanted)) {
        rows += wanted.rows();
        remember(touched);
        findDoubled(range.answer());
        return;
      }
      if (reader.isUnsettled(subject.mapping(), range.answer().offsets())) {
        // Older rows may be gone from the files, and nothing follows from that.
        range = ask(Detail.SUMS, range.cursor());
        continue;
      }
      if (narrow(range)) {
        findDoubled(range.answer());
        return;
      }
      range = ask(Detail.SUMS, range.cursor());
    }
    throw new NotNowException(
        "Source '" + subject.mapping().source() + "' is truncated or built anew meanwhile.");
  }

  /**
   * Compares digests of keys, in as many answers as they take; returns whether that could be done.
   */
  private boolean narrow(Range range) {
    long most = 2 * sum(range.answer()).rows() + SLACK;
    long seen = 0;
    Optional<String> cursor = range.cursor();
    do {
      AuditAnswer answer = ask(Detail.KEYS, cursor).answer();
      if (!compareKeys(answer)) {
        return false;
      }
      if (ends(range.answer(), answer)) {
        return true;
      }
      seen += answer.rows().size();
      cursor = answer.next();
    } while (cursor.isPresent() && seen <= most);
    return true;
  }

  /** Digests take more room than sums, so that a range of keys may be a part of one of sums. */
  private static boolean ends(AuditAnswer whole, AuditAnswer part) {
    String prefix = whole.scope().hashPrefix();
    if (!prefix.isEmpty()) {
      String digits = part.scope().hashPrefix();
      return !digits.startsWith(prefix)
          || digits.substring(prefix.length()).chars().allMatch(digit -> digit == 'f');
    }
    List<String> through = whole.scope().through();
    return !through.isEmpty()
        && (through.equals(part.scope().through())
            || part.moving().contains(through)
            || part.rows().stream().anyMatch(row -> row.key().equals(through)));
  }

  private boolean compareKeys(AuditAnswer answer) {
    table.await(answer.offsets());
    Set<List<String>> touched = new HashSet<>(answer.moving());
    Map<List<String>, Sum> there = table.digests(answer, touched);
    if (reader.isUnsettled(subject.mapping(), answer.offsets())) {
      return false;
    }
    Set<List<String>> differ = new LinkedHashSet<>();
    long equal = 0;
    for (Row row : answer.rows()) {
      Sum digest = there.remove(row.key());
      boolean same =
          digest != null
              && digest.high() == row.digest().high()
              && digest.low() == row.digest().low();
      if (same) {
        equal++;
      } else {
        differ.add(row.key());
      }
    }
    differ.addAll(there.keySet());
    rows += equal;
    suspected += differ.size();
    for (List<String> key : differ) {
      if (candidates.size() < MOST_KEYS) {
        candidates.add(key);
      }
    }
    remember(touched);
    return true;
  }

  private void remember(Set<List<String>> touched) {
    for (List<String> key : touched) {
      if (moving.size() < MOST_MOVING) {
        moving.add(key);
      } else if (!moving.contains(key)) {
        movingBeyond++;
      }
    }
  }

  private static Sum sum(AuditAnswer answer) {
    Sum sum = Sum.NONE;
    for (AuditAnswer.Sum bucket : answer.sums()) {
      sum = sum.plus(new Sum(bucket.rows(), bucket.high(), bucket.low()));
    }
    return sum;
  }

  private void findDoubled(AuditAnswer answer) {
    int left = MOST_DOUBLED - doubled.size();
    if (left > 0) {
      doubled.addAll(
          reader.doubled(subject.mapping(), answer.scope(), List.of(), answer.offsets(), left));
    }
  }

  /** Looks twice at rows for which there is no record. */
  private List<Finding> rowsTooMany(List<Doubled> twice) {
    List<Finding> findings = new ArrayList<>();
    for (Doubled change : twice) {
      Place place =
          new Place(
              subject.mapping().source(), subject.mapping().epoch(), null, change.firstOffset());
      findings.add(new Finding(Kind.DOUBLED, change.key(), List.of(), Optional.of(place)));
    }
    List<Unexplained> first = reader.unexplained(subject.mapping());
    if (!first.isEmpty()) {
      Map<Place, Unexplained> again = new HashMap<>();
      reader.unexplained(subject.mapping()).forEach(row -> again.put(row.place(), row));
      for (Unexplained row : first) {
        if (again.containsKey(row.place()) && findings.size() < MOST_KEYS) {
          findings.add(
              new Finding(Kind.UNEXPLAINED, row.key(), List.of(), Optional.of(row.place())));
        }
      }
    }
    return findings;
  }
}
