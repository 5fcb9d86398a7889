package dev.backlot.capture.postgres;

import dev.backlot.capture.postgres.catalog.Catalog;
import dev.backlot.capture.postgres.catalog.Publication;
import dev.backlot.capture.postgres.catalog.Slot;
import dev.backlot.capture.postgres.catalog.Snapshot;
import dev.backlot.capture.worker.CaptureSession;
import dev.backlot.metadata.CaptureStore;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The publication of tables of which only inserts are told. It is made when the first such table is
 * wanted. A server can't decode changes that are older than a publication that the stream names,
 * and it decodes them when their transaction commits. So the stream names it only once every
 * transaction that ran when it was made has ended, and everything from before that is acknowledged.
 * For one thread.
 */
final class InsertsPublication {
  private static final Logger LOG = LoggerFactory.getLogger(InsertsPublication.class);

  private final CaptureSession session;
  private final Publication publication;
  private final Catalog catalog;
  private final Slot slot;
  private final long startPlace;
  private OptionalLong from;
  private Optional<Snapshot> made = Optional.empty();
  private boolean wanted;

  /**
   * Prepares for one run.
   *
   * @param startPlace up to where everything was acknowledged when the run began
   */
  InsertsPublication(CaptureSession session, Connection connection, Slot slot, long startPlace) {
    this.session = session;
    this.publication = Publication.ofInserts(connection, session.connection());
    this.catalog = new Catalog(connection);
    this.slot = slot;
    this.startPlace = startPlace;
    this.from = captures().insertsFrom(session.connection());
  }

  Publication publication() {
    return publication;
  }

  /**
   * Makes it, if it is wanted and there is none.
   *
   * @param tables whether there are tables for it
   * @return whether this run's stream tells its tables' inserts
   */
  boolean prepare(boolean tables) throws SQLException {
    wanted = tables;
    if (tables && from.isEmpty() && made.isEmpty()) {
      if (publication.tables().isEmpty()) {
        LOG.info("Creating publication {}", publication.name());
        publication.create(List.of());
      }
      made = Optional.of(catalog.snapshot());
    }
    settle();
    return isTold();
  }

  /** Takes note of the place from which on it may be named, once that is known. */
  private void settle() throws SQLException {
    if (from.isPresent() || made.isEmpty()) {
      return;
    }
    boolean streamed = slot.status().isPresent();
    if (streamed && !made.get().inProgress().stream().allMatch(catalog.snapshot()::sees)) {
      return;
    }
    long place = streamed ? catalog.writePlace() : 0;
    captures().setInsertsFrom(session.connection(), session.generation(), place);
    from = OptionalLong.of(place);
  }

  /** Returns the publications that this run's stream names. */
  List<String> streamed() {
    String all = Publication.name(session.connection());
    return isTold() ? List.of(all, Publication.insertsName(session.connection())) : List.of(all);
  }

  /** Returns whether another run's stream would tell what this one's does not. */
  boolean isWaitedFor(long acknowledged) throws SQLException {
    settle();
    return wanted
        && !isTold()
        && from.isPresent()
        && Long.compareUnsigned(from.getAsLong(), acknowledged) <= 0;
  }

  private boolean isTold() {
    return from.isPresent() && Long.compareUnsigned(from.getAsLong(), startPlace) <= 0;
  }

  private CaptureStore captures() {
    return session.environment().metadata().captures();
  }
}
