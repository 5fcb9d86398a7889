package dev.backlot.controller;

import dev.backlot.controller.graph.StepBoard;
import dev.backlot.controller.heartbeat.HeartbeatBoard;
import dev.backlot.controller.heartbeat.HeartbeatConditions;
import dev.backlot.controller.history.HistoryResource;
import dev.backlot.controller.history.HistorySampler;
import dev.backlot.controller.metrics.QualityMetrics;
import dev.backlot.controller.metrics.SourceMetrics;
import dev.backlot.controller.pipeline.ProgressBoard;
import dev.backlot.controller.pipeline.Reconciler;
import dev.backlot.metadata.MetadataDatabase;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Who needs whom of what measures. */
@Configuration(proxyBeanMethods = false)
class MeasuringWiring {
  @Bean
  HeartbeatBoard heartbeatBoard(MetadataDatabase metadata) {
    return new HeartbeatBoard(metadata.heartbeats());
  }

  @Bean
  HeartbeatConditions heartbeatConditions(MetadataDatabase metadata) {
    return new HeartbeatConditions(metadata);
  }

  @Bean
  SourceMetrics sourceMetrics(
      MetadataDatabase metadata, HeartbeatBoard heartbeats, PrometheusRegistry metrics) {
    SourceMetrics sources = new SourceMetrics(metadata, heartbeats);
    metrics.register(sources);
    return sources;
  }

  @Bean
  QualityMetrics qualityMetrics(MetadataDatabase metadata, PrometheusRegistry metrics) {
    QualityMetrics quality = new QualityMetrics(metadata);
    metrics.register(quality);
    return quality;
  }

  @Bean(initMethod = "start")
  HistorySampler historySampler(
      MetadataDatabase metadata,
      ProgressBoard progress,
      HeartbeatBoard heartbeats,
      StepBoard steps,
      Reconciler reconciler) {
    return new HistorySampler(metadata, progress, heartbeats, steps, reconciler::isLeading);
  }

  @Bean
  HistoryResource historyResource(MetadataDatabase metadata) {
    return new HistoryResource(metadata.history());
  }
}
