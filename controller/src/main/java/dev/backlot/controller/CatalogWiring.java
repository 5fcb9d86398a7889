package dev.backlot.controller;

import dev.backlot.controller.evolution.Evolutions;
import dev.backlot.controller.lineage.Lineages;
import dev.backlot.controller.lineage.Origins;
import dev.backlot.controller.mask.Masks;
import dev.backlot.controller.document.Descriptions;
import dev.backlot.metadata.MetadataDatabase;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Who needs whom of the catalog: descriptions, lineage, masking, search. */
@Configuration(proxyBeanMethods = false)
class CatalogWiring {
  @Bean
  Descriptions descriptions(MetadataDatabase metadata) {
    return new Descriptions(metadata.documents());
  }

  @Bean
  Origins origins(MetadataDatabase metadata) {
    return new Origins(metadata.origins());
  }

  @Bean
  Lineages lineages(MetadataDatabase metadata, Origins origins) {
    return new Lineages(metadata.pipelines(), origins);
  }

  @Bean
  Masks masks(
      MetadataDatabase metadata,
      Descriptions descriptions,
      Lineages lineages,
      Evolutions evolutions) {
    return new Masks(metadata, descriptions, lineages, evolutions);
  }
}
