package dev.backlot.controller;

import dev.backlot.controller.access.AccessLog;
import dev.backlot.controller.connection.ChangeRates;
import dev.backlot.controller.connection.ConnectionResource;
import dev.backlot.controller.connection.ConnectionTables;
import dev.backlot.controller.dataplane.DataPlane;
import dev.backlot.controller.heartbeat.HeartbeatBoard;
import dev.backlot.controller.mask.Masks;
import dev.backlot.controller.query.ExportResource;
import dev.backlot.controller.query.QueryPageResource;
import dev.backlot.controller.query.QueryRunResource;
import dev.backlot.controller.row.RowHistories;
import dev.backlot.controller.row.RowHistoryResource;
import dev.backlot.controller.secret.SecretAccess;
import dev.backlot.controller.table.Lake;
import dev.backlot.metadata.MetadataDatabase;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Who needs whom of connecting databases and of looking at data. */
@Configuration(proxyBeanMethods = false)
class ConnectWiring {
  @Bean
  ChangeRates changeRates(
      MetadataDatabase metadata, HeartbeatBoard heartbeats, DataPlane dataPlane) {
    return new ChangeRates(metadata.heartbeats(), heartbeats, dataPlane);
  }

  @Bean
  ConnectionResource connectionResource(
      MetadataDatabase metadata, DataPlane dataPlane, ChangeRates rates, SecretAccess secrets) {
    return new ConnectionResource(
        metadata, dataPlane, new ConnectionTables(metadata, rates), secrets);
  }

  @Bean
  QueryRunResource queryRunResource(
      Lake lake, MetadataDatabase metadata, AccessLog log, Masks masks) {
    return new QueryRunResource(lake, metadata.queries(), log, masks);
  }

  @Bean
  QueryPageResource queryPageResource(Lake lake, MetadataDatabase metadata) {
    return new QueryPageResource(lake, metadata.queries());
  }

  @Bean
  ExportResource exportResource(Lake lake, AccessLog log, Masks masks) {
    return new ExportResource(lake, log, masks);
  }

  @Bean
  RowHistoryResource rowHistoryResource(
      Lake lake, MetadataDatabase metadata, DataPlane dataPlane, AccessLog log, Masks masks) {
    return new RowHistoryResource(
        new RowHistories(lake, metadata, dataPlane), metadata.sources(), log, masks);
  }
}
