package dev.backlot.controller.blackbox;

import dev.backlot.controller.blackbox.RepeatedAudit.Found;
import dev.backlot.metadata.BlackBoxStore;
import dev.backlot.metadata.BlackBoxStore.Row;
import dev.backlot.metadata.BlackBoxStore.State;
import dev.backlot.metadata.BlackBoxStore.Status;
import dev.backlot.metadata.MetadataDatabase;
import dev.backlot.model.ProblemException;
import dev.backlot.quality.blackbox.Contrast;
import dev.backlot.quality.blackbox.Suspect;
import dev.backlot.quality.blackbox.Suspects;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has the leading controller look at what audits without a common position compare, one after the
 * other, and repair what counts as different where that is wanted.
 */
public final class BlackBoxAudits implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(BlackBoxAudits.class);
  private static final Duration TICK = Duration.ofSeconds(1);
  private static final Duration SOONEST = Duration.ofSeconds(5);
  private static final int MOST_REPAIRED = 1_000;

  private final AuditList audits;
  private final BlackBoxStore store;
  private final BooleanSupplier leading;
  private final Map<String, Instant> cycles = new ConcurrentHashMap<>();
  private volatile boolean closed;

  /**
   * Prepares; {@link #start} sets it going.
   *
   * @param leading whether this controller is the one that acts
   */
  public BlackBoxAudits(AuditList audits, MetadataDatabase metadata, BooleanSupplier leading) {
    this.audits = audits;
    this.store = metadata.blackBoxAudits();
    this.leading = leading;
  }

  /** Starts the one thread that looks. */
  public void start() {
    Thread thread = new Thread(this::run, "black-box-audits");
    thread.setDaemon(true);
    thread.start();
  }

  private void run() {
    while (!closed) {
      lookAtAll();
      try {
        Thread.sleep(TICK.toMillis());
      } catch (InterruptedException e) {
        closed = true;
      }
    }
  }

  private void lookAtAll() {
    try {
      if (leading.getAsBoolean()) {
        audits.active().forEach(this::lookWhenDue);
      }
    } catch (RuntimeException e) {
      LOG.warn("Cannot look after audits, trying again: {}", e.getMessage());
    }
  }

  private void lookWhenDue(RepeatedAudit audit) {
    if (closed || !store.isDue(audit.name())) {
      return;
    }
    try {
      look(audit);
    } catch (RuntimeException e) {
      String reason =
          e instanceof ProblemException
              ? String.valueOf(e.getMessage())
              : "Cannot audit '" + audit.name() + "': " + e + ". It is tried again.";
      LOG.warn("{}", reason);
      store.failed(audit.name(), reason, Instant.now().plus(soon(audit)));
    }
  }

  /** One look, and what follows from it. */
  private void look(RepeatedAudit audit) {
    Instant at = Instant.now();
    Instant cycle = cycles.computeIfAbsent(audit.name(), name -> at);
    List<Suspect> before = store.rows(audit.name()).stream().map(BlackBoxAudits::suspect).toList();
    Found found = audit.look(before.stream().map(suspect -> suspect.contrast().key()).toList());
    List<Suspect> suspects = Suspects.after(before, found.contrasts(), found.unjudged(), at);
    List<Suspect> counted =
        suspects.stream().filter(s -> s.counts(audit.looks(), audit.sla())).toList();
    if (found.endsCycle()) {
      cycles.remove(audit.name());
    }
    Optional<Instant> proven = provenAt(found, suspects, cycle, store.status(audit.name()));
    store.looked(
        audit.name(),
        new Status(
            counted.isEmpty() && found.untold() == 0
                ? suspects.isEmpty() ? State.EQUAL : State.SUSPECT
                : State.DIFFERENT,
            reason(audit, suspects, counted, found.untold()),
            at,
            Optional.of(at),
            proven,
            found.sourceRows(),
            found.targetRows(),
            0,
            false,
            found.columns()),
        suspects.stream().map(BlackBoxAudits::row).toList(),
        at.plus(isDone(found, suspects) ? audit.every() : soon(audit)));
    if (!counted.isEmpty() && audit.repairsItself()) {
      repair(audit, counted.stream().map(s -> s.contrast().key()).toList(), "policy");
    }
  }

  /**
   * Returns as of when both sides are known to be equal: as of the cycle's begin when no row
   * differs, else as of the look before when every row that differed then is equal by now or has
   * changed since.
   */
  private static Optional<Instant> provenAt(
      Found found, List<Suspect> suspects, Instant cycle, Optional<Status> before) {
    Optional<Instant> known = before.flatMap(Status::provenAt);
    if (!found.endsCycle() || found.untold() > 0 || !found.unjudged().isEmpty()) {
      return known;
    }
    if (suspects.isEmpty()) {
      return Optional.of(cycle);
    }
    boolean passing =
        suspects.stream().allMatch(s -> s.looks() == 1)
            && before
                .filter(b -> b.state() == State.EQUAL || b.state() == State.SUSPECT)
                .isPresent();
    return passing
        ? before.flatMap(Status::lookedAt).filter(at -> at.isBefore(cycle)).or(() -> known)
        : known;
  }

  /** An empty table has most likely just begun to fill. */
  private static boolean isDone(Found found, List<Suspect> suspects) {
    return suspects.isEmpty() && found.endsCycle() && found.targetRows() > 0;
  }

  /** What differs is looked at again as soon as it could count. */
  private static Duration soon(RepeatedAudit audit) {
    Duration part = audit.sla().dividedBy(Math.max(1, audit.looks() - 1));
    Duration soon = part.compareTo(SOONEST) < 0 ? SOONEST : part;
    return soon.compareTo(audit.every()) < 0 ? soon : audit.every();
  }

  private static String reason(
      RepeatedAudit audit, List<Suspect> suspects, List<Suspect> counted, int untold) {
    String rest =
        untold == 0 ? "" : " More rows differ than can be told, in " + untold + " parts of 16,384.";
    if (!counted.isEmpty()) {
      return counted.size()
          + (counted.size() == 1 ? " row differs" : " rows differ")
          + ", such as that of "
          + String.join(", ", counted.get(0).contrast().key())
          + ". See `backlot get audit "
          + audit.name()
          + " -o yaml`."
          + rest;
    }
    return suspects.isEmpty()
        ? rest.strip()
        : suspects.size() + " rows differed at the last look, but not for long enough." + rest;
  }

  /**
   * Has rows dumped again. At most a thousand at once; what is left is found again.
   *
   * @return the dumps' ids
   * @throws ProblemException when the audit can't be repaired
   */
  List<Long> repair(RepeatedAudit audit, List<List<String>> keys, String askedBy) {
    List<List<String>> some = keys.subList(0, Math.min(keys.size(), MOST_REPAIRED));
    List<Long> dumps = audit.repair(some);
    dumps.forEach(dump -> store.repaired(audit.name(), dump, some, askedBy));
    LOG.info("Audit {} repairs {} rows by dumps {}", audit.name(), some.size(), dumps);
    return dumps;
  }

  private static Suspect suspect(Row row) {
    return new Suspect(
        new Contrast(row.key(), row.source(), row.target(), row.doubled()),
        row.firstSeen(),
        row.lastSeen(),
        row.looks());
  }

  private static Row row(Suspect suspect) {
    Contrast contrast = suspect.contrast();
    return new Row(
        contrast.key(),
        contrast.source(),
        contrast.target(),
        contrast.doubled(),
        suspect.firstSeen(),
        suspect.lastSeen(),
        suspect.looks());
  }

  @Override
  public void close() {
    closed = true;
  }
}
