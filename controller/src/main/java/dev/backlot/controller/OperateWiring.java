package dev.backlot.controller;

import dev.backlot.controller.audit.AuditViews;
import dev.backlot.controller.audit.ProofResource;
import dev.backlot.controller.audit.RowComparisons;
import dev.backlot.controller.blocked.WaitingEvents;
import dev.backlot.controller.dataplane.DataPlane;
import dev.backlot.controller.graph.GraphResource;
import dev.backlot.controller.graph.PipelineGraphs;
import dev.backlot.controller.graph.StepBoard;
import dev.backlot.controller.heartbeat.HeartbeatBoard;
import dev.backlot.controller.home.HomeBoard;
import dev.backlot.controller.home.HomeResource;
import dev.backlot.controller.home.MovementBoard;
import dev.backlot.controller.mask.Masks;
import dev.backlot.controller.pipeline.PipelineItems;
import dev.backlot.controller.pipeline.ProgressBoard;
import dev.backlot.controller.table.Lake;
import dev.backlot.controller.work.WorkBoard;
import dev.backlot.controller.work.WorkResource;
import dev.backlot.metadata.MetadataDatabase;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Who needs whom of what people operate pipelines by. */
@Configuration(proxyBeanMethods = false)
class OperateWiring {
  @Bean(initMethod = "start")
  StepBoard stepBoard(DataPlane dataPlane) {
    return new StepBoard(dataPlane::figures);
  }

  @Bean
  PipelineGraphs pipelineGraphs(
      MetadataDatabase metadata,
      PipelineItems items,
      StepBoard steps,
      ProgressBoard progress,
      HeartbeatBoard heartbeats,
      WaitingEvents waiting) {
    return new PipelineGraphs(metadata, items, steps, progress, heartbeats, waiting);
  }

  @Bean
  GraphResource graphResource(PipelineGraphs graphs, MetadataDatabase metadata) {
    return new GraphResource(graphs, metadata.history());
  }

  @Bean(initMethod = "start")
  WorkBoard workBoard(MetadataDatabase metadata) {
    return new WorkBoard(metadata);
  }

  @Bean
  WorkResource workResource(WorkBoard board) {
    return new WorkResource(board);
  }

  @Bean
  MovementBoard movementBoard(MetadataDatabase metadata, DataPlane dataPlane) {
    return new MovementBoard(metadata, dataPlane);
  }

  @Bean
  HomeBoard homeBoard(
      MetadataDatabase metadata,
      PipelineItems pipelines,
      ProgressBoard progress,
      WorkBoard work,
      MovementBoard movement,
      Masks masks) {
    return new HomeBoard(metadata, pipelines, progress, work, movement, masks);
  }

  @Bean
  HomeResource homeResource(HomeBoard board) {
    return new HomeResource(board);
  }

  @Bean
  RowComparisons rowComparisons(
      MetadataDatabase metadata, DataPlane dataPlane, Lake lake, ProgressBoard progress) {
    return new RowComparisons(metadata, dataPlane, lake, progress);
  }

  @Bean
  ProofResource proofResource(
      MetadataDatabase metadata, AuditViews views, RowComparisons rows, Masks masks) {
    return new ProofResource(metadata, views, rows, masks);
  }
}
