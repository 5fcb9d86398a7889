package dev.backlot.warehouse.rest;

import dev.backlot.warehouse.LakeCatalog;
import dev.backlot.warehouse.LakeSettings;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.UUID;
import org.apache.iceberg.BaseTable;
import org.apache.iceberg.CatalogUtil;
import org.apache.iceberg.Table;
import org.apache.iceberg.TableMetadata;
import org.apache.iceberg.TableMetadataParser;
import org.apache.iceberg.TableOperations;
import org.apache.iceberg.TableProperties;
import org.apache.iceberg.catalog.Catalog;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.exceptions.CommitFailedException;
import org.apache.iceberg.exceptions.CommitStateUnknownException;
import org.apache.iceberg.exceptions.ServiceUnavailableException;
import org.apache.iceberg.rest.requests.UpdateTableRequest;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Commits changes of several existing tables at once: their pointers move in one transaction of the
 * JDBC catalog's database, or none of them does. Iceberg's handlers have no such commit.
 */
final class TablesTransaction {
  private static final Logger LOG = LoggerFactory.getLogger(TablesTransaction.class);
  private static final String MOVE =
      "UPDATE iceberg_tables SET metadata_location = ?, previous_metadata_location = ?"
          + " WHERE catalog_name = ? AND table_namespace = ? AND table_name = ?"
          + " AND metadata_location = ? AND (iceberg_type = 'TABLE' OR iceberg_type IS NULL)";

  private final LakeSettings settings;
  private final Catalog catalog;

  TablesTransaction(LakeSettings settings, Catalog catalog) {
    this.settings = settings;
    this.catalog = catalog;
  }

  /** A table's next state, written to a file that nothing points to yet. */
  private record Written(
      TableIdentifier table, TableOperations operations, TableMetadata base, String next) {}

  /**
   * Commits all changes or none.
   *
   * @throws CommitFailedException when a table is not as a change expects it; nothing happened
   * @throws CommitStateUnknownException when the database's answer was lost
   */
  void commit(List<UpdateTableRequest> changes) {
    long distinct = changes.stream().map(UpdateTableRequest::identifier).distinct().count();
    if (distinct != changes.size()) {
      throw new IllegalArgumentException("Cannot commit: a table stands twice in it.");
    }
    List<Written> written = new ArrayList<>();
    try {
      changes.forEach(change -> write(change, written));
      move(written);
    } catch (CommitStateUnknownException e) {
      throw e;
    } catch (RuntimeException e) {
      written.forEach(file -> file.operations().io().deleteFile(file.next()));
      throw e;
    }
    for (Written table : written) {
      forgetOldMetadata(table);
    }
  }

  private void write(UpdateTableRequest change, List<Written> written) {
    TableIdentifier identifier = change.identifier();
    Table table = catalog.loadTable(identifier);
    TableOperations operations = ((BaseTable) table).operations();
    TableMetadata base = operations.current();
    change.requirements().forEach(requirement -> requirement.validate(base));
    TableMetadata.Builder builder =
        TableMetadata.buildFrom(base).setPreviousFileLocation(base.metadataFileLocation());
    change.updates().forEach(update -> update.applyTo(builder));
    TableMetadata next = builder.build();
    if (next.changes().isEmpty()) {
      return;
    }
    String extension =
        TableMetadataParser.getFileExtension(
            next.properties()
                .getOrDefault(
                    TableProperties.METADATA_COMPRESSION,
                    TableProperties.METADATA_COMPRESSION_DEFAULT));
    String location =
        operations.metadataFileLocation(
            "%05d-%s%s".formatted(version(base) + 1, UUID.randomUUID(), extension));
    TableMetadataParser.write(next, operations.io().newOutputFile(location));
    written.add(new Written(identifier, operations, base, location));
  }

  private static int version(TableMetadata metadata) {
    String name = metadata.metadataFileLocation();
    String number = name.substring(name.lastIndexOf('/') + 1).replaceFirst("-.*", "");
    return number.matches("[0-9]{1,9}") ? Integer.parseInt(number) : 0;
  }

  private void move(List<Written> written) {
    try (Connection connection = connect()) {
      connection.setAutoCommit(false);
      try (PreparedStatement move = connection.prepareStatement(MOVE)) {
        for (Written table : written) {
          move(move, table);
        }
      }
      try {
        connection.commit();
      } catch (SQLException e) {
        throw new CommitStateUnknownException(e);
      }
    } catch (SQLException e) {
      throw new ServiceUnavailableException(
          e, "Cannot commit: the catalog's database failed: %s", String.valueOf(e.getMessage()));
    }
  }

  private static void move(PreparedStatement move, Written table) throws SQLException {
    String before = table.base().metadataFileLocation();
    move.setString(1, table.next());
    move.setString(2, before);
    move.setString(3, LakeCatalog.NAME);
    move.setString(4, table.table().namespace().toString());
    move.setString(5, table.table().name());
    move.setString(6, before);
    if (move.executeUpdate() != 1) {
      throw new CommitFailedException(
          "Cannot commit: table %s was changed meanwhile", table.table());
    }
  }

  private Connection connect() throws SQLException {
    Properties properties = new Properties();
    Map<String, String> catalogProperties = settings.properties();
    catalogProperties.forEach(
        (name, value) -> {
          if (name.startsWith("jdbc.")) {
            properties.setProperty(name.substring("jdbc.".length()), value);
          }
        });
    return DriverManager.getConnection(catalogProperties.getOrDefault("uri", ""), properties);
  }

  private static void forgetOldMetadata(Written table) {
    try {
      TableMetadata current = table.operations().refresh();
      CatalogUtil.deleteRemovedMetadataFiles(table.operations().io(), table.base(), current);
    } catch (RuntimeException e) {
      LOG.warn("Old metadata of table {} stays for now", table.table(), e);
    }
  }
}
