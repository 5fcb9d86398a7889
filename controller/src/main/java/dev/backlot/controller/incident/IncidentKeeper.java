package dev.backlot.controller.incident;

import dev.backlot.controller.document.Usage;
import dev.backlot.controller.incident.Watch.Decision;
import dev.backlot.controller.web.ProblemAdvice;
import dev.backlot.metadata.DocumentStore;
import dev.backlot.metadata.IncidentStore;
import dev.backlot.metadata.IncidentStore.Cause;
import dev.backlot.metadata.IncidentStore.Incident;
import dev.backlot.metadata.MetadataDatabase;
import dev.backlot.metadata.PipelineStore;
import dev.backlot.model.alert.AlertKind;
import dev.backlot.model.alert.Subject;
import dev.backlot.model.spec.SpecKind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Turns conditions into incidents: every two seconds, on the leader only. What it knows is in the
 * metadata database but for how long something has been seen or missed, so the next leader goes on.
 */
public final class IncidentKeeper implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(IncidentKeeper.class);
  private static final Duration PERIOD = Duration.ofSeconds(2);
  private static final Duration FLAPPING = Duration.ofMinutes(15);
  private static final Duration KEPT = Duration.ofDays(90);
  private static final Duration TIDY = Duration.ofHours(1);

  private final List<Conditions> judges;
  private final IncidentStore incidents;
  private final DocumentStore documents;
  private final PipelineStore clock;
  private final BooleanSupplier leading;
  private final Runnable afterEachLook;
  private final Watch watch = new Watch();
  private final Thread thread = new Thread(this::run, "incidents");
  private boolean led;
  private long tidied = System.nanoTime();

  /**
   * Prepares a keeper; {@link #start} sets it going.
   *
   * @param afterEachLook what follows from incidents, such as telling people
   */
  public IncidentKeeper(
      List<Conditions> judges,
      MetadataDatabase metadata,
      BooleanSupplier leading,
      Runnable afterEachLook) {
    this.judges = List.copyOf(judges);
    this.incidents = metadata.incidents();
    this.documents = metadata.documents();
    this.clock = metadata.pipelines();
    this.leading = leading;
    this.afterEachLook = afterEachLook;
  }

  /** Starts the one thread that looks. */
  public void start() {
    thread.setDaemon(true);
    thread.start();
  }

  private void run() {
    while (!Thread.currentThread().isInterrupted()) {
      try {
        if (leading.getAsBoolean()) {
          look();
          afterEachLook.run();
          tidy();
        } else if (led) {
          led = false;
        }
      } catch (RuntimeException e) {
        if (ProblemAdvice.isMetadataFailure(e)) {
          LOG.debug("Cannot reach the metadata database, trying again", e);
        } else {
          LOG.error("Cannot look after incidents, trying again", e);
        }
      }
      try {
        Thread.sleep(PERIOD.toMillis());
      } catch (InterruptedException e) {
        return;
      }
    }
  }

  /** One look: conditions → decisions → incidents. */
  private void look() {
    if (!led) {
      watch.reset();
      led = true;
    }
    List<Condition> current = new ArrayList<>();
    Map<AlertKind, Conditions> sure = new EnumMap<>(AlertKind.class);
    for (Conditions judge : judges) {
      try {
        current.addAll(judge.current());
        judge.kinds().forEach(kind -> sure.put(kind, judge));
      } catch (RuntimeException e) {
        LOG.debug("{} can't tell", judge.getClass().getSimpleName(), e);
      }
    }
    List<Decision> decisions =
        watch.look(
            clock.now(),
            current,
            incidents.unresolved(),
            (kind, subject) ->
                Optional.ofNullable(sure.get(kind))
                    .map(judge -> judge.canTell(kind, subject))
                    .orElse(false));
    decisions.forEach(this::carryOut);
    incidents.wake();
  }

  private void carryOut(Decision decision) {
    if (decision instanceof Decision.Open open) {
      Condition condition = open.condition();
      incidents
          .open(cause(condition, owner(condition.document())), FLAPPING)
          .ifPresent(id -> LOG.warn("Incident {}: {}", id, condition.summary()));
    } else if (decision instanceof Decision.Update update) {
      Incident incident = update.incident();
      incidents.update(incident, cause(update.condition(), incident.cause().owner()));
    } else if (decision instanceof Decision.SetAbsent missed) {
      incidents.setAbsent(missed.incident().id());
    } else if (decision instanceof Decision.Resolve resolve) {
      Incident incident = resolve.incident();
      if (incidents.resolve(incident.id(), "", "It is over.")) {
        LOG.info("Incident {} is over: {}", incident.id(), incident.cause().summary());
      }
    }
  }

  private static Cause cause(Condition condition, String owner) {
    return new Cause(
        condition.kind(),
        condition.subject(),
        condition.document(),
        condition.severity(),
        owner,
        condition.summary(),
        condition.facts(),
        condition.since());
  }

  private String owner(Subject document) {
    Optional<SpecKind> kind =
        switch (document.kind()) {
          case PIPELINE -> Optional.of(SpecKind.PIPELINE);
          case CONNECTION -> Optional.of(SpecKind.CONNECTION);
          case ENDPOINT -> Optional.of(SpecKind.ENDPOINT);
          case AUDIT -> Optional.of(SpecKind.AUDIT);
          case SOURCE, TABLE, PLATFORM -> Optional.empty();
        };
    return kind.flatMap(found -> documents.find(found, document.name()))
        .flatMap(stored -> Usage.spec(stored.json()))
        .map(spec -> spec.header().owner())
        .orElse("");
  }

  private void tidy() {
    if (System.nanoTime() - tidied > TIDY.toNanos()) {
      tidied = System.nanoTime();
      incidents.forget(KEPT);
    }
  }

  @Override
  public void close() {
    thread.interrupt();
  }
}
