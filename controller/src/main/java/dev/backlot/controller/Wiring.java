package dev.backlot.controller;

import dev.backlot.controller.access.Gate;
import dev.backlot.controller.access.Ownership;
import dev.backlot.controller.audit.AuditConditions;
import dev.backlot.controller.audit.AuditScheduler;
import dev.backlot.controller.audit.AuditViews;
import dev.backlot.controller.audit.TableAuditResource;
import dev.backlot.controller.audit.TableAudits;
import dev.backlot.controller.backfill.BackfillConditions;
import dev.backlot.controller.backfill.BackfillResource;
import dev.backlot.controller.backfill.Backfills;
import dev.backlot.controller.blackbox.AuditItems;
import dev.backlot.controller.blackbox.AuditList;
import dev.backlot.controller.blackbox.BlackBoxAudits;
import dev.backlot.controller.blackbox.BlackBoxConditions;
import dev.backlot.controller.blackbox.BlackBoxResource;
import dev.backlot.controller.blocked.BlockedPipelines;
import dev.backlot.controller.blocked.ResolveResource;
import dev.backlot.controller.blocked.WaitingEvents;
import dev.backlot.controller.builder.ProcessorItems;
import dev.backlot.controller.catalog.ItemResource;
import dev.backlot.controller.catalog.Items;
import dev.backlot.controller.dataplane.DataPlane;
import dev.backlot.controller.dataplane.HttpDataPlane;
import dev.backlot.controller.document.ChangePlanner;
import dev.backlot.controller.document.Deletion;
import dev.backlot.controller.document.Descriptions;
import dev.backlot.controller.document.DocumentAccess;
import dev.backlot.controller.document.DocumentResource;
import dev.backlot.controller.dump.DumpItems;
import dev.backlot.controller.dump.DumpResource;
import dev.backlot.controller.evolution.Consumers;
import dev.backlot.controller.evolution.Evolutions;
import dev.backlot.controller.evolution.Proposals;
import dev.backlot.controller.evolution.SchemaChangeResource;
import dev.backlot.controller.evolution.SourceNotices;
import dev.backlot.controller.heartbeat.HeartbeatBoard;
import dev.backlot.controller.iceberg.IcebergServlet;
import dev.backlot.controller.incident.Conditions;
import dev.backlot.controller.incident.ConnectionConditions;
import dev.backlot.controller.incident.EndpointConditions;
import dev.backlot.controller.incident.IncidentItems;
import dev.backlot.controller.incident.IncidentKeeper;
import dev.backlot.controller.incident.IncidentResource;
import dev.backlot.controller.incident.PipelineConditions;
import dev.backlot.controller.incident.PlatformConditions;
import dev.backlot.controller.letter.DeadLetterItems;
import dev.backlot.controller.letter.DeadLetterResource;
import dev.backlot.controller.maintenance.MaintenanceResource;
import dev.backlot.controller.maintenance.MaintenanceRuns;
import dev.backlot.controller.maintenance.MaintenanceScheduler;
import dev.backlot.controller.mask.Masks;
import dev.backlot.controller.metrics.MetricsResource;
import dev.backlot.controller.metrics.ReconcilerMetrics;
import dev.backlot.controller.metrics.RequestMetrics;
import dev.backlot.controller.pipeline.CleanUps;
import dev.backlot.controller.pipeline.JobItems;
import dev.backlot.controller.pipeline.PipelineDetails;
import dev.backlot.controller.pipeline.PipelineItems;
import dev.backlot.controller.pipeline.PipelineMetrics;
import dev.backlot.controller.pipeline.PipelineResource;
import dev.backlot.controller.pipeline.ProgressBoard;
import dev.backlot.controller.pipeline.Reconciler;
import dev.backlot.controller.route.Announcer;
import dev.backlot.controller.route.Messenger;
import dev.backlot.controller.route.RouteCheck;
import dev.backlot.controller.route.RouteItems;
import dev.backlot.controller.route.RouteResource;
import dev.backlot.controller.route.RouteSecrets;
import dev.backlot.controller.schema.SchemaItems;
import dev.backlot.controller.secret.SecretAccess;
import dev.backlot.controller.source.ConnectionItems;
import dev.backlot.controller.source.EndpointItems;
import dev.backlot.controller.source.SourceItems;
import dev.backlot.controller.source.SourceResource;
import dev.backlot.controller.status.PlatformStatus;
import dev.backlot.controller.status.StatusResource;
import dev.backlot.controller.status.StatusTables;
import dev.backlot.controller.table.Lake;
import dev.backlot.controller.table.QueryResource;
import dev.backlot.controller.table.TableItems;
import dev.backlot.controller.watch.WatchResource;
import dev.backlot.metadata.MetadataDatabase;
import dev.backlot.model.platform.PlatformConfig;
import dev.backlot.registry.SchemaStore;
import dev.backlot.warehouse.query.TableSummary;
import io.prometheus.metrics.instrumentation.jvm.JvmMetrics;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.util.List;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.boot.web.servlet.ServletRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Who needs whom. */
@Configuration(proxyBeanMethods = false)
class Wiring {
  @Bean
  DataPlane dataPlane(PlatformConfig config) {
    return new HttpDataPlane(config);
  }

  @Bean
  Lake lake(PlatformConfig config) {
    return new Lake(config);
  }

  @Bean
  MaintenanceRuns maintenanceRuns(Lake lake, MetadataDatabase metadata, PlatformConfig config) {
    return new MaintenanceRuns(lake, metadata.maintenance(), config);
  }

  @Bean(initMethod = "start")
  MaintenanceScheduler maintenanceScheduler(MetadataDatabase metadata, MaintenanceRuns runs) {
    return new MaintenanceScheduler(metadata, runs);
  }

  @Bean
  MaintenanceResource maintenanceResource(MaintenanceRuns runs, MaintenanceScheduler scheduler) {
    return new MaintenanceResource(runs, scheduler);
  }

  @Bean
  Backfills backfills(MetadataDatabase metadata, Lake lake) {
    return new Backfills(metadata, lake);
  }

  @Bean
  BackfillResource backfillResource(Backfills backfills) {
    return new BackfillResource(backfills);
  }

  @Bean
  BackfillConditions backfillConditions(MetadataDatabase metadata) {
    return new BackfillConditions(metadata.backfills());
  }

  @Bean
  TableAudits tableAudits(
      Lake lake,
      MetadataDatabase metadata,
      DataPlane dataPlane,
      MaintenanceRuns maintenance,
      PlatformConfig config) {
    return new TableAudits(lake, metadata, dataPlane, maintenance, config);
  }

  @Bean(initMethod = "start")
  AuditScheduler auditScheduler(MetadataDatabase metadata, TableAudits audits) {
    return new AuditScheduler(metadata, audits);
  }

  @Bean
  AuditViews auditViews(MetadataDatabase metadata, Masks masks, Lake lake) {
    return new AuditViews(
        metadata.audits(),
        masks,
        table -> lake.find(table).map(TableSummary::key).orElse(List.of()));
  }

  @Bean
  TableAuditResource tableAuditResource(
      Lake lake, MetadataDatabase metadata, AuditScheduler scheduler, AuditViews views) {
    return new TableAuditResource(lake, metadata.audits(), scheduler, views);
  }

  @Bean
  AuditConditions auditConditions(MetadataDatabase metadata, Masks masks) {
    return new AuditConditions(metadata.audits(), masks);
  }

  @Bean(initMethod = "start")
  ProgressBoard progressBoard(DataPlane dataPlane) {
    return new ProgressBoard(dataPlane);
  }

  @Bean
  PrometheusRegistry metrics(MetadataDatabase metadata, ProgressBoard progress) {
    PrometheusRegistry registry = new PrometheusRegistry();
    JvmMetrics.builder().register(registry);
    registry.register(new PipelineMetrics(metadata.pipelines(), progress));
    return registry;
  }

  @Bean
  MetricsResource metricsResource(PrometheusRegistry metrics) {
    return new MetricsResource(metrics);
  }

  @Bean
  FilterRegistrationBean<RequestMetrics> requestMetrics(PrometheusRegistry metrics) {
    FilterRegistrationBean<RequestMetrics> registration =
        new FilterRegistrationBean<>(new RequestMetrics(metrics));
    registration.setAsyncSupported(true);
    return registration;
  }

  @Bean(initMethod = "start")
  Reconciler reconciler(
      MetadataDatabase metadata,
      DataPlane dataPlane,
      PlatformConfig config,
      Lake lake,
      ProgressBoard progress,
      Evolutions evolutions,
      PrometheusRegistry metrics) {
    return new Reconciler(
        metadata,
        dataPlane,
        config,
        new CleanUps(metadata, lake, dataPlane),
        progress,
        evolutions,
        new ReconcilerMetrics(metrics));
  }

  @Bean
  Evolutions evolutions(MetadataDatabase metadata, SchemaStore schemas) {
    return new Evolutions(metadata.pipelines(), schemas);
  }

  @Bean
  SchemaChangeResource schemaChangeResource(
      MetadataDatabase metadata, DataPlane dataPlane, Evolutions evolutions) {
    return new SchemaChangeResource(
        new Proposals(metadata.sources(), metadata.documents(), dataPlane, evolutions),
        metadata.documents());
  }

  @Bean(initMethod = "start")
  SourceNotices sourceNotices(PlatformConfig config, Reconciler reconciler) {
    return new SourceNotices(config.metadata(), reconciler::wake);
  }

  @Bean
  RouteSecrets routeSecrets(PlatformConfig config) {
    return new RouteSecrets(System.getenv(), config.secretsDir());
  }

  @Bean(initMethod = "start")
  Messenger messenger(MetadataDatabase metadata, RouteSecrets secrets) {
    return new Messenger(metadata, secrets);
  }

  @Bean
  RouteResource routeResource(MetadataDatabase metadata, Messenger messenger) {
    return new RouteResource(metadata, messenger);
  }

  @Bean
  ChangePlanner changePlanner(
      MetadataDatabase metadata,
      RouteSecrets routeSecrets,
      SecretAccess secrets,
      DataPlane dataPlane) {
    return new ChangePlanner(
        metadata.documents(),
        metadata.sources(),
        metadata.pipelines(),
        new RouteCheck(routeSecrets),
        secrets,
        dataPlane);
  }

  @Bean
  DocumentResource documentResource(
      ChangePlanner planner,
      MetadataDatabase metadata,
      Reconciler reconciler,
      DocumentAccess documentAccess,
      SecretAccess secrets) {
    return new DocumentResource(
        planner,
        metadata.documents(),
        metadata.drafts(),
        metadata.pipelines(),
        reconciler,
        documentAccess,
        secrets);
  }

  @Bean
  PipelineItems pipelineItems(
      MetadataDatabase metadata,
      DataPlane dataPlane,
      ProgressBoard progress,
      HeartbeatBoard heartbeats,
      Consumers consumers,
      BlockedPipelines blocked) {
    return new PipelineItems(
        metadata,
        dataPlane,
        progress,
        heartbeats,
        new PipelineDetails(metadata, consumers, blocked));
  }

  @Bean
  Consumers consumers(Evolutions evolutions) {
    return new Consumers(evolutions);
  }

  @Bean
  WaitingEvents waitingEvents(DataPlane dataPlane) {
    return new WaitingEvents(dataPlane);
  }

  @Bean
  BlockedPipelines blockedPipelines(
      MetadataDatabase metadata, Evolutions evolutions, WaitingEvents waiting) {
    return new BlockedPipelines(metadata, evolutions, waiting);
  }

  @Bean
  ResolveResource resolveResource(
      MetadataDatabase metadata,
      BlockedPipelines blocked,
      ChangePlanner planner,
      DataPlane dataPlane,
      Reconciler reconciler,
      Masks masks) {
    return new ResolveResource(metadata, blocked, planner, dataPlane, reconciler, masks);
  }

  @Bean
  PipelineResource pipelineResource(
      MetadataDatabase metadata,
      ChangePlanner planner,
      Reconciler reconciler,
      PipelineItems items) {
    return new PipelineResource(
        metadata.documents(), metadata.pipelines(), planner, reconciler, items);
  }

  @Bean
  DeadLetterItems deadLetterItems(MetadataDatabase metadata, DataPlane dataPlane, Masks masks) {
    return new DeadLetterItems(metadata.documents(), dataPlane, masks);
  }

  @Bean
  DeadLetterResource deadLetterResource(
      MetadataDatabase metadata, DataPlane dataPlane, DeadLetterItems items) {
    return new DeadLetterResource(metadata.documents(), dataPlane, items);
  }

  @Bean(initMethod = "start")
  BlackBoxAudits blackBoxAudits(AuditList list, MetadataDatabase metadata, Reconciler reconciler) {
    return new BlackBoxAudits(list, metadata, reconciler::isLeading);
  }

  @Bean
  AuditList auditList(MetadataDatabase metadata, DataPlane dataPlane, Lake lake) {
    return new AuditList(metadata, dataPlane, lake);
  }

  @Bean
  AuditItems auditItems(MetadataDatabase metadata, AuditList list, Masks masks) {
    return new AuditItems(metadata, list, masks);
  }

  @Bean
  BlackBoxResource blackBoxResource(
      AuditList list, MetadataDatabase metadata, BlackBoxAudits audits, AuditItems items) {
    return new BlackBoxResource(list, metadata, audits, items);
  }

  @Bean
  BlackBoxConditions blackBoxConditions(MetadataDatabase metadata, AuditList list) {
    return new BlackBoxConditions(metadata, list);
  }

  @Bean
  ItemResource itemResource(
      MetadataDatabase metadata,
      DataPlane dataPlane,
      AuditItems audits,
      PipelineItems pipelines,
      Consumers consumers,
      Descriptions descriptions,
      DeadLetterItems deadLetters,
      Lake lake,
      MaintenanceRuns maintenance,
      Backfills backfills,
      AuditViews proven,
      SchemaStore schemas,
      IncidentItems incidents,
      ProcessorItems processors,
      Reconciler reconciler,
      Ownership ownership) {
    List<Items> kinds =
        List.of(
            audits,
            new ConnectionItems(metadata),
            new EndpointItems(metadata),
            pipelines,
            processors,
            new SourceItems(metadata, consumers, descriptions),
            new DumpItems(metadata),
            new TableItems(lake, maintenance::describe, proven::summaries, proven::describe),
            new JobItems(dataPlane, maintenance, backfills),
            deadLetters,
            new SchemaItems(schemas),
            incidents,
            new RouteItems(metadata));
    return new ItemResource(
        kinds, metadata.documents(), new Deletion(metadata.documents(), reconciler, ownership));
  }

  @Bean
  PipelineConditions pipelineConditions(
      MetadataDatabase metadata, ProgressBoard progress, BlockedPipelines blocked) {
    return new PipelineConditions(metadata, progress, blocked);
  }

  @Bean
  ConnectionConditions connectionConditions(MetadataDatabase metadata) {
    return new ConnectionConditions(metadata);
  }

  @Bean
  EndpointConditions endpointConditions(MetadataDatabase metadata) {
    return new EndpointConditions(metadata);
  }

  @Bean(initMethod = "start")
  PlatformConditions platformConditions(PlatformConfig config, ProgressBoard progress) {
    return new PlatformConditions(config, progress);
  }

  @Bean(initMethod = "start")
  IncidentKeeper incidentKeeper(
      List<Conditions> judges, MetadataDatabase metadata, Reconciler reconciler) {
    return new IncidentKeeper(judges, metadata, reconciler::isLeading, new Announcer(metadata));
  }

  @Bean
  IncidentItems incidentItems(MetadataDatabase metadata) {
    return new IncidentItems(metadata);
  }

  @Bean
  IncidentResource incidentResource(MetadataDatabase metadata, IncidentItems items) {
    return new IncidentResource(metadata, items);
  }

  @Bean
  DumpResource dumpResource(MetadataDatabase metadata) {
    return new DumpResource(metadata);
  }

  @Bean
  SourceResource sourceResource(MetadataDatabase metadata, DataPlane dataPlane, Masks masks) {
    return new SourceResource(metadata, dataPlane, masks);
  }

  @Bean
  QueryResource queryResource(Lake lake, Masks masks) {
    return new QueryResource(lake, masks);
  }

  @Bean
  ServletRegistrationBean<IcebergServlet> icebergServlet(
      Lake lake, MetadataDatabase metadata, Gate gate, Masks masks) {
    return new ServletRegistrationBean<>(
        new IcebergServlet(lake, metadata, gate, masks), IcebergServlet.PATH + "/*");
  }

  @Bean
  PlatformStatus platformStatus(
      MetadataDatabase metadata,
      DataPlane dataPlane,
      PipelineItems pipelines,
      ProgressBoard progress,
      IncidentItems incidents,
      Lake lake,
      AuditViews proven) {
    return new PlatformStatus(
        metadata,
        dataPlane,
        pipelines,
        progress,
        incidents,
        new StatusTables(lake, proven::summaries));
  }

  @Bean
  WatchResource watchResource() {
    return new WatchResource();
  }

  @Bean
  StatusResource statusResource(
      MetadataDatabase metadata,
      DataPlane dataPlane,
      Reconciler reconciler,
      PlatformStatus status) {
    return new StatusResource(metadata, dataPlane, reconciler, status);
  }
}
