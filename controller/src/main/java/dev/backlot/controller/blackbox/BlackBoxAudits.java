package dev.backlot.controller.blackbox;

import dev.backlot.controller.dataplane.DataPlane;
import dev.backlot.controller.document.Usage;
import dev.backlot.controller.table.Lake;
import dev.backlot.metadata.BlackBoxStore;
import dev.backlot.metadata.BlackBoxStore.Row;
import dev.backlot.metadata.BlackBoxStore.State;
import dev.backlot.metadata.BlackBoxStore.Status;
import dev.backlot.metadata.DocumentStore;
import dev.backlot.metadata.DocumentStore.StoredDocument;
import dev.backlot.metadata.DumpStore;
import dev.backlot.metadata.MetadataDatabase;
import dev.backlot.metadata.SourceStore;
import dev.backlot.model.ProblemCode;
import dev.backlot.model.ProblemException;
import dev.backlot.model.source.SourceDescriptor;
import dev.backlot.model.spec.AuditPolicy;
import dev.backlot.model.spec.AuditSpec;
import dev.backlot.model.spec.SpecKind;
import dev.backlot.quality.blackbox.Comparison;
import dev.backlot.quality.blackbox.Contrast;
import dev.backlot.quality.blackbox.LakeSide;
import dev.backlot.quality.blackbox.Side;
import dev.backlot.quality.blackbox.Suspect;
import dev.backlot.quality.blackbox.Suspects;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has the leading controller look at what audits of two queries compare, one after the other, and
 * repair what counts as different where the document says so.
 */
public final class BlackBoxAudits implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(BlackBoxAudits.class);
  private static final Duration TICK = Duration.ofSeconds(1);
  private static final Duration SOONEST = Duration.ofSeconds(5);
  private static final int QUERY_SECONDS = 600;
  private static final int MOST_REPAIRED = 1_000;

  private final DocumentStore documents;
  private final BlackBoxStore store;
  private final DumpStore dumps;
  private final SourceStore sources;
  private final DataPlane dataPlane;
  private final Side lake;
  private final BooleanSupplier leading;
  private volatile boolean closed;

  /**
   * Prepares; {@link #start} sets it going.
   *
   * @param leading whether this controller is the one that acts
   */
  public BlackBoxAudits(
      MetadataDatabase metadata, DataPlane dataPlane, Lake lake, BooleanSupplier leading) {
    this.documents = metadata.documents();
    this.store = metadata.blackBoxAudits();
    this.dumps = metadata.dumps();
    this.sources = metadata.sources();
    this.dataPlane = dataPlane;
    this.lake = new LakeSide(lake::queries);
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
      try {
        if (leading.getAsBoolean()) {
          documents.list(SpecKind.AUDIT).forEach(this::lookWhenDue);
        }
        Thread.sleep(TICK.toMillis());
      } catch (InterruptedException e) {
        closed = true;
      } catch (RuntimeException e) {
        LOG.warn("Cannot look after audits, trying again: {}", e.getMessage());
      }
    }
  }

  private void lookWhenDue(StoredDocument document) {
    if (closed || document.deleting() || !store.isDue(document.name())) {
      return;
    }
    Optional<AuditSpec> spec =
        Usage.spec(document.json()).filter(AuditSpec.class::isInstance).map(AuditSpec.class::cast);
    if (spec.isEmpty()) {
      return;
    }
    try {
      look(spec.get());
    } catch (RuntimeException e) {
      String reason =
          e instanceof ProblemException
              ? String.valueOf(e.getMessage())
              : "Cannot audit '" + document.name() + "': " + e + ". It is tried again.";
      LOG.warn("{}", reason);
      store.failed(document.name(), reason, Instant.now().plus(soon(spec.get())));
    }
  }

  /** One look, and what follows from it. */
  private void look(AuditSpec spec) {
    Instant at = Instant.now();
    Comparison.Look look =
        new Comparison(spec.key(), QUERY_SECONDS)
            .look(
                side(spec.source()),
                spec.source().query(),
                side(spec.target()),
                spec.target().query());
    List<Suspect> suspects =
        Suspects.after(
            store.rows(spec.name()).stream().map(BlackBoxAudits::suspect).toList(),
            look.contrasts(),
            at);
    List<Suspect> counted =
        suspects.stream().filter(s -> s.counts(spec.looks(), spec.sla())).toList();
    Optional<Status> before = store.status(spec.name());
    store.looked(
        spec.name(),
        new Status(
            counted.isEmpty() && look.unseen() == 0
                ? suspects.isEmpty() ? State.EQUAL : State.SUSPECT
                : State.DIFFERENT,
            reason(spec, suspects, counted, look.unseen()),
            at,
            Optional.of(at),
            provenAt(look, suspects, at, before),
            look.sourceRows(),
            look.targetRows(),
            0,
            look.columns()),
        suspects.stream().map(BlackBoxAudits::row).toList(),
        at.plus(suspects.isEmpty() ? spec.every() : soon(spec)));
    if (!counted.isEmpty() && repairsItself(spec)) {
      repair(spec, counted.stream().map(s -> s.contrast().key()).toList(), "policy");
    }
  }

  /**
   * Returns as of when both sides are known to be equal: now when no row differs, else as of the
   * look before when every row that differed then is equal by now or has changed since.
   */
  private static Optional<Instant> provenAt(
      Comparison.Look look, List<Suspect> suspects, Instant at, Optional<Status> before) {
    if (look.unseen() == 0 && suspects.isEmpty()) {
      return Optional.of(at);
    }
    boolean passing =
        look.unseen() == 0
            && suspects.stream().allMatch(s -> s.looks() == 1)
            && before
                .filter(b -> b.state() == State.EQUAL || b.state() == State.SUSPECT)
                .isPresent();
    return passing && before.flatMap(Status::lookedAt).isPresent()
        ? before.flatMap(Status::lookedAt)
        : before.flatMap(Status::provenAt);
  }

  /** What differs is looked at again as soon as it could count. */
  private static Duration soon(AuditSpec spec) {
    Duration part = spec.sla().dividedBy(Math.max(1, spec.looks() - 1));
    Duration soon = part.compareTo(SOONEST) < 0 ? SOONEST : part;
    return soon.compareTo(spec.every()) < 0 ? soon : spec.every();
  }

  private static String reason(
      AuditSpec spec, List<Suspect> suspects, List<Suspect> counted, int unseen) {
    String rest =
        unseen == 0 ? "" : " More rows differ than can be told, in " + unseen + " parts of 16,384.";
    if (!counted.isEmpty()) {
      return counted.size()
          + (counted.size() == 1 ? " row differs" : " rows differ")
          + ", such as that of "
          + String.join(", ", counted.get(0).contrast().key())
          + ". See `backlot describe audit "
          + spec.name()
          + "`."
          + rest;
    }
    return suspects.isEmpty()
        ? rest.strip()
        : suspects.size() + " rows differed at the last look, but not for long enough." + rest;
  }

  private Side side(AuditSpec.Side side) {
    if (side.connection().isEmpty()) {
      return lake;
    }
    String name = side.connection().get();
    StoredDocument connection =
        documents
            .find(SpecKind.CONNECTION, name)
            .orElseThrow(
                () ->
                    new ProblemException(
                        ProblemCode.NOT_FOUND,
                        "Cannot run the query in connection '"
                            + name
                            + "': there is none of this name. See `backlot get connections`."));
    return read -> dataPlane.query(connection.json(), read);
  }

  private static boolean repairsItself(AuditSpec spec) {
    return spec.repair()
        .map(repair -> repair.policy() == AuditPolicy.Repair.AUTOMATIC)
        .orElse(false);
  }

  /**
   * Dumps rows again, so that they reach the target as any change does. At most a thousand at once;
   * what is left is found again.
   *
   * @return the dump's id
   * @throws ProblemException NOT_ALLOWED_NOW when the document names no Source, NOT_FOUND when it
   *     is not captured
   */
  long repair(AuditSpec spec, List<List<String>> keys, String askedBy) {
    AuditSpec.Repair repair =
        spec.repair()
            .orElseThrow(
                () ->
                    new ProblemException(
                        ProblemCode.NOT_ALLOWED_NOW,
                        "Cannot repair audit '"
                            + spec.name()
                            + "': it names no Source whose rows repair its target. Add 'repair:"
                            + " {source: …}' to it."));
    SourceDescriptor source =
        sources
            .find(repair.source())
            .orElseThrow(
                () ->
                    new ProblemException(
                        ProblemCode.NOT_FOUND,
                        "Cannot repair audit '"
                            + spec.name()
                            + "': there is no Source '"
                            + repair.source()
                            + "'. See `backlot get sources`."))
            .descriptor();
    List<List<String>> some = keys.subList(0, Math.min(keys.size(), MOST_REPAIRED));
    long dump = dumps.request(source.name(), source.epoch(), source.connection(), false, "", some);
    store.repaired(spec.name(), dump, some, askedBy);
    LOG.info("Audit {} repairs {} rows by dump {}", spec.name(), some.size(), dump);
    return dump;
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
