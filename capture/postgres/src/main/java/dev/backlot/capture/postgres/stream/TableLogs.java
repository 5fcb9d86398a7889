package dev.backlot.capture.postgres.stream;

import dev.backlot.capture.postgres.CapturedTable;
import dev.backlot.capture.postgres.catalog.Catalog;
import dev.backlot.capture.postgres.catalog.SourceConnections;
import dev.backlot.capture.postgres.catalog.TableId;
import dev.backlot.capture.postgres.catalog.TableShapes;
import dev.backlot.capture.postgres.type.SqlServerText;
import dev.backlot.capture.postgres.type.TableShape;
import dev.backlot.capture.worker.Sources;
import dev.backlot.metadata.SourceStore;
import dev.backlot.model.source.SourceDescriptor;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Opens the writing of a table whenever the log tells its shape: registers schemas that are new,
 * and ends tables whose key has changed. For the thread that reads the log.
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

  /** Opens a connection for its questions to the catalog. */
  public TableLogs(
      SourceConnections connections,
      Function<TableId, @Nullable CapturedTable> tables,
      Sources sources,
      SourceStore store,
      String database)
      throws SQLException {
    this.connection = connections.open();
    this.shapes = new TableShapes(new Catalog(connection));
    this.server = new SqlServerText(connections::open);
    this.tables = tables;
    this.sources = sources;
    this.store = store;
    this.database = database;
  }

  @Override
  public @Nullable TableLog open(Relation relation) throws SQLException {
    CapturedTable table = tables.apply(relation.id());
    if (table == null || !table.stoppedReason().isEmpty()) {
      return null;
    }
    if (!keyHolds(relation, table)) {
      String reason =
          (table.keyless().isPresent()
                  ? "The replica identity of table " + relation.id()
                  : "The key of table "
                      + relation.id()
                      + " was "
                      + String.join(", ", table.keyColumns())
                      + " and")
              + " has changed. Take the table out of the connection and put it back: it is"
              + " dumped into a new topic then.";
      LOG.warn("Stopped {}: {}", table.source(), reason);
      table.stop(reason);
      store.setState(table.source(), SourceStore.State.STOPPED, reason);
      return null;
    }
    TableShape shape = shapes.shape(table.source(), relation.columns(), table.keyColumns());
    SourceDescriptor source = sources.evolve(table.source(), shape.schema());
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
