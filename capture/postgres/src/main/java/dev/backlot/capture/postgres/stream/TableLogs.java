package dev.backlot.capture.postgres.stream;

import dev.backlot.capture.postgres.CapturedTable;
import dev.backlot.capture.postgres.TableKeys;
import dev.backlot.capture.postgres.catalog.Catalog;
import dev.backlot.capture.postgres.catalog.DdlTrigger;
import dev.backlot.capture.postgres.catalog.ShapeCatalog;
import dev.backlot.capture.postgres.catalog.SourceConnections;
import dev.backlot.capture.postgres.catalog.TableId;
import dev.backlot.capture.postgres.catalog.TableShapes;
import dev.backlot.capture.postgres.type.SqlServerText;
import dev.backlot.capture.postgres.type.TableShape;
import dev.backlot.capture.worker.Sources;
import dev.backlot.metadata.MetadataDatabase;
import dev.backlot.metadata.SourceStore;
import dev.backlot.model.source.SourceDescriptor;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Opens the writing of a table whenever the log tells its shape: registers schemas that are new,
 * and ends epochs whose key has changed. For the thread that reads the log.
 */
public final class TableLogs implements LogReader.Shapes, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(TableLogs.class);

  private final Connection connection;
  private final TableShapes shapes;
  private final SqlServerText server;
  private final Function<TableId, @Nullable CapturedTable> tables;
  private final Sources sources;
  private final SourceStore store;
  private final String database;
  private final LongSupplier changes;
  private final RelationNumbers numbers;

  /**
   * Opens a connection for its questions to the catalog.
   *
   * @param changes grows whenever {@code tables} may answer differently
   */
  public TableLogs(
      SourceConnections connections,
      Function<TableId, @Nullable CapturedTable> tables,
      LongSupplier changes,
      Sources sources,
      MetadataDatabase metadata,
      String database)
      throws SQLException {
    this.connection = connections.open();
    Catalog catalog = new Catalog(connection);
    this.shapes = new TableShapes(catalog);
    this.numbers = new RelationNumbers(catalog, new ShapeCatalog(connection), metadata.shapes());
    this.server = new SqlServerText(connections::open);
    this.tables = tables;
    this.sources = sources;
    this.store = metadata.sources();
    this.changes = changes;
    this.database = database;
  }

  @Override
  public @Nullable TableLog open(Relation told, long place) throws SQLException {
    CapturedTable table = tables.apply(told.id());
    if (table == null || !table.stoppedReason().isEmpty()) {
      return null;
    }
    if (table.oid() != 0 && table.oid() != told.oid()) {
      // An earlier or a later table of the same name, which is another epoch.
      return null;
    }
    Relation relation = told.with(numbers.of(table, told));
    TableShape shape = null;
    if (keyHolds(relation, table)) {
      shape = shapes.shape(table.source(), relation.columns(), table.keyColumns());
      if (!Sources.keepsKey(table.descriptor(), shape.schema())) {
        shape = null;
      }
    }
    if (shape == null) {
      if (place >= table.beganAt()) {
        stop(table, relation);
      }
      return null;
    }
    SourceDescriptor source = sources.evolve(table.descriptor(), shape.schema());
    return new TableLog(
        table,
        relation,
        shape,
        source.keySchemaIds().isEmpty()
            ? 0
            : source.keySchemaIds().get(source.keySchemaIds().size() - 1),
        source.valueSchemaIds().get(source.valueSchemaIds().size() - 1),
        database,
        server);
  }

  @Override
  public boolean takes(String content) {
    Optional<DdlTrigger.Told> told = DdlTrigger.parse(content);
    told.ifPresent(numbers::take);
    return told.isPresent();
  }

  @Override
  public long changes() {
    return changes.getAsLong();
  }

  /** Nothing more is written of this epoch; whoever watches the tables begins the next. */
  private void stop(CapturedTable table, Relation relation) {
    String reason =
        (table.keyless().isPresent()
                ? "Its replica identity has changed."
                : TableKeys.changed(table.keyColumns(), relation.identityColumns()))
            + " What changed since is told by the next epoch's first dump.";
    LOG.warn("Stopped {}: {}", table.source(), reason);
    table.stop(reason);
    store.setState(table.source(), SourceStore.State.STOPPED, reason);
  }

  private static boolean keyHolds(Relation relation, CapturedTable table) {
    if (table.keyless().isPresent()) {
      return relation.identity() == 'f' || !table.keyless().get().tellsDeletes();
    }
    List<String> keyColumns = table.keyColumns();
    Set<String> present =
        relation.columns().stream().map(Catalog.Column::name).collect(Collectors.toSet());
    if (relation.identity() == 'f') {
      return present.containsAll(keyColumns);
    }
    return new HashSet<>(relation.identityColumns()).equals(new HashSet<>(keyColumns));
  }

  @Override
  public void close() throws SQLException {
    server.close();
    connection.close();
  }
}
