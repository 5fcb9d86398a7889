package dev.backlot.capture.postgres;

import dev.backlot.capture.log.Fences;
import dev.backlot.capture.log.OrderedWriter;
import dev.backlot.capture.log.SourceChannel;
import dev.backlot.capture.log.SourceTopics;
import dev.backlot.capture.postgres.catalog.Catalog;
import dev.backlot.capture.postgres.catalog.Publication;
import dev.backlot.capture.postgres.catalog.TableId;
import dev.backlot.capture.postgres.catalog.TableSelection;
import dev.backlot.capture.postgres.catalog.TableShapes;
import dev.backlot.capture.postgres.keyless.KeylessFeed;
import dev.backlot.capture.postgres.type.TableShape;
import dev.backlot.capture.worker.CaptureSession;
import dev.backlot.capture.worker.Sources;
import dev.backlot.event.EnvelopeWriter;
import dev.backlot.event.Op;
import dev.backlot.event.Origin;
import dev.backlot.event.Position;
import dev.backlot.metadata.SourceStore;
import dev.backlot.metadata.SourceStore.StoredSource;
import dev.backlot.model.Problem;
import dev.backlot.model.source.SourceDescriptor;
import dev.backlot.model.source.SourceName;
import dev.backlot.model.spec.ConnectionSpec;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The tables of one connection that are captured: keeps publication, topics and Sources in step
 * with what the Connection document names. Adding or removing one touches no other. {@link #byId},
 * {@link #bySource} and {@link #channels} are for any thread, the rest for one.
 */
final class CapturedTables {
  private static final Logger LOG = LoggerFactory.getLogger(CapturedTables.class);

  private static final int LEAVES_OUT = 180_000;
  private static final String OBJECT_IN_USE = "55006";

  private final CaptureSession session;
  private final Connection connection;
  private final Catalog catalog;
  private final TableShapes shapes;
  private final Publication publication;
  private final InsertsPublication inserts;
  private final Sources sources;
  private final SourceTopics topics;
  private final Fences fences;
  private final int controlSchemaId;
  private final Map<TableId, CapturedTable> captured = new ConcurrentHashMap<>();
  private final Map<String, CapturedTable> names = new ConcurrentHashMap<>();
  private final Map<String, Boolean> wholeBefore = new HashMap<>();
  private final TableWatch watch;
  private final AtomicLong changes = new AtomicLong();
  private volatile Map<String, Problem> refused = Map.of();

  CapturedTables(
      CaptureSession session,
      Connection connection,
      InsertsPublication inserts,
      Sources sources,
      SourceTopics topics,
      Fences fences,
      int controlSchemaId) {
    this.session = session;
    this.connection = connection;
    this.catalog = new Catalog(connection);
    this.shapes = new TableShapes(catalog);
    this.watch =
        new TableWatch(connection, session.connection(), shapes, session.environment().metadata());
    this.publication = new Publication(connection, session.connection());
    this.inserts = inserts;
    this.sources = sources;
    this.topics = topics;
    this.fences = fences;
    this.controlSchemaId = controlSchemaId;
  }

  /** Returns the captured table of this identifier, or null. */
  @Nullable CapturedTable byId(TableId id) {
    return captured.get(id);
  }

  /** Returns a number that grows whenever {@link #byId} may answer differently; for any thread. */
  long changes() {
    return changes.get();
  }

  /** Returns whether a published table changed since this was last asked. */
  boolean changed() throws SQLException {
    return watch.changed();
  }

  /** Has {@link #changed} be true the next time. */
  void lookAgain() {
    watch.forget();
  }

  /** Returns the captured table of this Source, or null. */
  @Nullable CapturedTable bySource(String source) {
    return names.get(source);
  }

  /** Returns the ways into the topics of all tables that are written, by Source; for any thread. */
  Map<String, SourceChannel> channels() {
    return captured.values().stream()
        .filter(table -> table.stoppedReason().isEmpty())
        .collect(Collectors.toMap(CapturedTable::source, CapturedTable::channel));
  }

  /** Returns why tables that the document names are not captured, by name. */
  Map<String, Problem> refused() {
    return refused;
  }

  /** Returns the Sources that an earlier owner has begun, by table. */
  Map<TableId, SourceDescriptor> begun() {
    Map<TableId, SourceDescriptor> begun = new TreeMap<>();
    for (StoredSource stored : stored()) {
      SourceDescriptor source = stored.descriptor();
      if (stored.state() != SourceStore.State.REMOVED) {
        begun.put(new TableId(source.schema(), source.table()), source);
      }
    }
    return begun;
  }

  /** Goes on with what an earlier owner has begun. */
  void resume(
      Map<TableId, SourceDescriptor> begun, Map<String, Position[]> tails, OrderedWriter writer)
      throws SQLException {
    Set<TableId> wholly = publication.tables().orElse(Set.of());
    Set<TableId> byInserts = inserts.publication().tables().orElse(Set.of());
    ConnectionSpec.Keyless wanted = session.intent().spec().tables().keyless();
    for (StoredSource stored : stored()) {
      SourceDescriptor source = stored.descriptor();
      TableId id = new TableId(source.schema(), source.table());
      Position[] positions = tails.get(source.topic());
      if (begun.containsKey(id) && positions != null) {
        boolean deletes =
            wholly.contains(id)
                || (!byInserts.contains(id) && wanted != ConnectionSpec.Keyless.APPEND);
        boolean dumped = stored.state() != SourceStore.State.DUMPING;
        open(id, source, positions, writer, new KeylessFeed(deletes, dumped, true));
      }
    }
    for (StoredSource stored : stored()) {
      CapturedTable table = names.get(stored.descriptor().name());
      if (table != null && stored.state() == SourceStore.State.STOPPED) {
        table.stop(stored.reason());
      }
    }
  }

  /** Brings the captured tables to what the document names and the database has now. */
  void follow(ConnectionSpec spec, OrderedWriter writer) throws SQLException {
    List<Catalog.Table> present = catalog.tables();
    TableSelection selection = TableSelection.of(spec, present);
    Map<String, Problem> problems = new TreeMap<>(selection.refused());
    List<Catalog.Table> wantedTables = new ArrayList<>(selection.captured().values());
    if (!inserts.prepare(!selection.byInserts(spec).isEmpty())) {
      wantedTables.removeIf(table -> selection.byInserts(spec).contains(table.id()));
    }
    List<CapturedTable> added = new ArrayList<>();
    Set<TableId> published = published(selection.captured().keySet());
    for (Catalog.Table table : wantedTables) {
      CapturedTable known = captured.get(table.id());
      if (known != null) {
        stopIfToldDifferently(known, table, spec);
      }
      Optional<String> ended =
          known == null ? Optional.empty() : watch.look(known, table, published);
      ended.ifPresent(reason -> remove(table.id(), reason));
      if (known == null || ended.isPresent()) {
        added.add(add(table, spec, writer));
      }
    }
    Set<TableId> wanted = new HashSet<>();
    wantedTables.forEach(table -> wanted.add(table.id()));
    publish(wanted, selection.byInserts(spec));
    for (CapturedTable table : added) {
      LOG.info("Capturing {}", table.source());
    }
    for (TableId id : Set.copyOf(captured.keySet())) {
      if (!wanted.contains(id)) {
        Problem problem = problems.get(id.toString());
        remove(id, problem == null ? "It was taken out of its connection." : problem.message());
      }
    }
    refused = problems;
    noteIdentities(wantedTables, selection.byInserts(spec));
  }

  /** Returns the tables that are in a publication; all of some when there is none yet. */
  private Set<TableId> published(Set<TableId> unlessAny) throws SQLException {
    Set<TableId> published = new HashSet<>(publication.tables().orElse(unlessAny));
    published.addAll(inserts.publication().tables().orElse(Set.of()));
    return published;
  }

  /** Returns whether another run would tell tables of which this one can't. */
  boolean wouldTellMore(long acknowledged) throws SQLException {
    return inserts.isWaitedFor(acknowledged);
  }

  /** What stands in a topic was written under one way to tell a table's rows apart. */
  private void stopIfToldDifferently(
      CapturedTable known, Catalog.Table table, ConnectionSpec spec) {
    boolean keyed = known.keyless().isEmpty();
    boolean deletes = known.keyless().map(KeylessFeed::tellsDeletes).orElse(true);
    boolean sameKey = keyed != table.keyColumns().isEmpty();
    boolean wantsDeletes = spec.tables().keyless() != ConnectionSpec.Keyless.APPEND;
    if (!known.stoppedReason().isEmpty() || (sameKey && (keyed || deletes == wantsDeletes))) {
      return;
    }
    String cause =
        sameKey
            ? "was captured with 'keyless: " + (deletes ? "full_row" : "append") + "' until now"
            : keyed ? "has lost its key" : "was captured without a key and has one now";
    String reason = "Table " + known.id() + " " + cause + ". It is dumped into a new topic.";
    LOG.warn("Stopped {}: {}", known.source(), reason);
    known.stop(reason);
    session
        .environment()
        .metadata()
        .sources()
        .setState(known.source(), SourceStore.State.STOPPED, reason);
  }

  /** A table's changes tell whole rows from the moment on at which its identity was seen full. */
  private void noteIdentities(Collection<Catalog.Table> tables, Set<TableId> byInserts)
      throws SQLException {
    for (Catalog.Table table : tables) {
      String source = table.id().source(session.connection()).toString();
      boolean whole = table.tellsWholeBefore() && !byInserts.contains(table.id());
      if (!Boolean.valueOf(whole).equals(wholeBefore.get(source))) {
        session.environment().metadata().sources().setWholeBefore(source, whole, catalog.now());
        wholeBefore.put(source, whole);
      }
    }
  }

  private CapturedTable add(Catalog.Table table, ConnectionSpec spec, OrderedWriter writer)
      throws SQLException {
    TableId id = table.id();
    TableShape shape = shapes.current(id.source(session.connection()).toString(), table);
    SourceDescriptor source =
        sources.prepare(id.source(session.connection()), id.schema(), id.table(), shape.schema());
    fences.begin(source.topic(), source.partitions());
    if (source.epoch() > 1) {
      byte[] end = endOfEarlierEpochs(id, shape, source);
      fences.endEarlierEpochs(source.topic(), source.partitions(), end);
    }
    Position[] tails = new Position[source.partitions()];
    Arrays.fill(tails, Position.START);
    boolean deletes = spec.tables().keyless() != ConnectionSpec.Keyless.APPEND;
    CapturedTable opened = open(id, source, tails, writer, new KeylessFeed(deletes, false, false));
    // Until it is published, nothing that the log tells of it counts.
    opened.found(table, Long.MAX_VALUE);
    return opened;
  }

  private byte[] endOfEarlierEpochs(TableId id, TableShape shape, SourceDescriptor source) {
    String database = session.intent().spec().config().database();
    List<Integer> keyIds = source.keySchemaIds();
    List<Integer> valueIds = source.valueSchemaIds();
    EnvelopeWriter writer =
        new EnvelopeWriter(
            shape.schema(),
            keyIds.isEmpty() ? 0 : keyIds.get(keyIds.size() - 1),
            valueIds.get(valueIds.size() - 1),
            new Origin("postgresql", database, id.schema(), id.table()));
    long now = System.currentTimeMillis() * 1000;
    writer.begin();
    writer.noBefore();
    writer.noAfter();
    return writer.end(Op.TRUNCATE, now, Position.START, null, now);
  }

  /** Publishes before a Source is visible, so that its first dump begins after it. */
  private void publish(Set<TableId> wanted, Set<TableId> byInserts) throws SQLException {
    List<CapturedTable> fresh = new ArrayList<>();
    for (TableId id : wanted) {
      CapturedTable table = captured.get(id);
      if (table != null && !isPublished(table)) {
        fresh.add(table);
      }
    }
    connection.setAutoCommit(false);
    try {
      // A table that is being altered for long must not keep all others waiting.
      catalog.execute("SET LOCAL lock_timeout = '3s'");
      for (CapturedTable table : fresh) {
        hold(table);
        checkIdentity(table);
      }
      bringPublicationsTo(wanted, byInserts);
      for (CapturedTable table : fresh) {
        watch.begin(table);
      }
      connection.commit();
    } catch (SQLException | RuntimeException e) {
      connection.rollback();
      throw e;
    } finally {
      connection.setAutoCommit(true);
    }
    for (CapturedTable table : fresh) {
      sources.publish(table.descriptor());
    }
  }

  /** Keeps a table as it is until it is published. */
  private void hold(CapturedTable table) throws SQLException {
    catalog.execute("LOCK TABLE " + table.rowsSql() + " IN ACCESS SHARE MODE");
  }

  /**
   * What was looked at before may have changed: an update of a published table whose rows can't be
   * told apart any more would be refused.
   */
  private void checkIdentity(CapturedTable table) throws SQLException {
    Catalog.Table now = catalog.table(table.id()).orElse(null);
    boolean whole = table.keyless().map(KeylessFeed::tellsDeletes).orElse(false);
    if (now == null
        || now.oid() != table.oid()
        || !now.keyColumns().equals(table.keyColumns())
        || (whole && !now.tellsWholeBefore())) {
      throw changed(table.id());
    }
  }

  private static SQLException changed(TableId id) {
    return new SQLException("Table " + id + " changed while it was published", OBJECT_IN_USE);
  }

  /**
   * Makes sure that rows of tables that were published once can be told apart: the trigger takes a
   * table out as soon as it loses its key, and what was looked at before must not put it back.
   */
  private void checkTold(Publication one, Set<TableId> lacking) throws SQLException {
    if (!one.tellsAll()) {
      return;
    }
    for (TableId id : lacking) {
      CapturedTable table = captured.get(id);
      if (table == null || !isPublished(table)) {
        continue; // held and checked already
      }
      hold(table);
      Catalog.Table now = catalog.table(id).orElseThrow(() -> changed(id));
      if (now.keyColumns().isEmpty() && !now.tellsWholeBefore()) {
        throw changed(id);
      }
    }
  }

  private void bringPublicationsTo(Set<TableId> wanted, Set<TableId> byInserts)
      throws SQLException {
    Set<TableId> wholly = new HashSet<>(wanted);
    wholly.removeAll(byInserts);
    bring(publication, wholly, true);
    Set<TableId> partly = new HashSet<>(wanted);
    partly.retainAll(byInserts);
    bring(inserts.publication(), partly, !partly.isEmpty());
  }

  private void bring(Publication one, Set<TableId> wanted, boolean needed) throws SQLException {
    Set<TableId> published = one.tables().orElse(null);
    if (published == null) {
      if (needed) {
        checkNothingMissed(wanted);
        checkTold(one, wanted);
        one.create(wanted);
      }
      return;
    }
    Set<TableId> lacking = new HashSet<>(wanted);
    lacking.removeAll(published);
    if (!lacking.isEmpty()) {
      checkTold(one, lacking);
      one.add(lacking);
    }
    Set<TableId> surplus = new HashSet<>(published);
    surplus.removeAll(wanted);
    if (!surplus.isEmpty()) {
      one.remove(surplus);
    }
  }

  /**
   * From version 18 on, a server leaves out what happened while there was no publication; older
   * ones say so when it is to be read.
   */
  private void checkNothingMissed(Set<TableId> wanted) throws SQLException {
    boolean published =
        captured.values().stream()
            .anyMatch(
                table -> wanted.contains(table.id()) && sources.find(name(table)).isPresent());
    if (published && catalog.version() >= LEAVES_OUT) {
      throw PostgresCapture.publicationLost(session.connection());
    }
  }

  private boolean isPublished(CapturedTable table) {
    return sources
        .find(name(table))
        .filter(stored -> stored.descriptor().epoch() == table.epoch())
        .isPresent();
  }

  private static SourceName name(CapturedTable table) {
    return SourceName.parse(table.source());
  }

  private void remove(TableId id, String reason) {
    CapturedTable table = captured.remove(id);
    if (table == null) {
      return;
    }
    changes.incrementAndGet();
    names.remove(table.source());
    wholeBefore.remove(table.source());
    table.stop(reason);
    LOG.info("No longer capturing {}: {}", table.source(), reason);
    session
        .environment()
        .metadata()
        .sources()
        .setState(table.source(), SourceStore.State.REMOVED, reason);
    session.environment().metadata().dumps().cancelAll(table.source(), reason);
  }

  private CapturedTable open(
      TableId id,
      SourceDescriptor source,
      Position[] tails,
      OrderedWriter writer,
      KeylessFeed ifKeyless) {
    SourceChannel channel =
        new SourceChannel(writer, source.topic(), tails, session.generation(), controlSchemaId);
    Map<String, List<Long>> ends = topics.ends(Map.of(source.topic(), source.partitions()));
    writer.track(
        source.topic(),
        ends.getOrDefault(source.topic(), List.of()).stream().mapToLong(Long::longValue).toArray());
    CapturedTable table =
        new CapturedTable(id, source, channel, source.keyColumns().isEmpty() ? ifKeyless : null);
    captured.put(id, table);
    names.put(source.name(), table);
    changes.incrementAndGet();
    return table;
  }

  private List<StoredSource> stored() {
    return session.environment().metadata().sources().ofConnection(session.connection());
  }

  /** Returns topic → partitions of some Sources. */
  static Map<String, Integer> topicsOf(Map<TableId, SourceDescriptor> begun) {
    Map<String, Integer> topics = new HashMap<>();
    begun.values().forEach(source -> topics.put(source.topic(), source.partitions()));
    return topics;
  }
}
