package dev.backlot.controller;

import dev.backlot.controller.access.AccessLog;
import dev.backlot.controller.builder.BuilderResource;
import dev.backlot.controller.builder.DraftResource;
import dev.backlot.controller.builder.ProcessorItems;
import dev.backlot.controller.dataplane.DataPlane;
import dev.backlot.controller.mask.Masks;
import dev.backlot.controller.secret.SecretAccess;
import dev.backlot.metadata.MetadataDatabase;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Who needs whom of what those need who write pipelines. */
@Configuration(proxyBeanMethods = false)
class BuilderWiring {
  @Bean
  ProcessorItems processorItems(DataPlane dataPlane) {
    return new ProcessorItems(dataPlane);
  }

  @Bean
  BuilderResource builderResource(
      DataPlane dataPlane,
      ProcessorItems processors,
      Masks masks,
      AccessLog log,
      SecretAccess secrets) {
    return new BuilderResource(dataPlane, processors, masks, log, secrets);
  }

  @Bean
  DraftResource draftResource(MetadataDatabase metadata) {
    return new DraftResource(metadata.documents(), metadata.drafts());
  }
}
