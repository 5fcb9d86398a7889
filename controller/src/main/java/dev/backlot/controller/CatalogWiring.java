package dev.backlot.controller;

import dev.backlot.controller.dataplane.DataPlane;
import dev.backlot.controller.detail.DetailResource;
import dev.backlot.controller.document.ChangePlanner;
import dev.backlot.controller.document.Descriptions;
import dev.backlot.controller.evolution.Evolutions;
import dev.backlot.controller.lineage.LineageResource;
import dev.backlot.controller.lineage.Lineages;
import dev.backlot.controller.lineage.Origins;
import dev.backlot.controller.mask.Masks;
import dev.backlot.controller.search.CatalogSearch;
import dev.backlot.controller.search.SearchResource;
import dev.backlot.controller.table.Lake;
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

  @Bean
  DetailResource detailResource(
      MetadataDatabase metadata,
      DataPlane dataPlane,
      Lake lake,
      Descriptions descriptions,
      Lineages lineages,
      Evolutions evolutions,
      ChangePlanner planner,
      Masks masks) {
    return new DetailResource(
        metadata, dataPlane, lake, descriptions, lineages, evolutions, planner, masks);
  }

  @Bean
  LineageResource lineageResource(Lineages lineages, Descriptions descriptions, Masks masks) {
    return new LineageResource(lineages, descriptions, masks);
  }

  @Bean
  CatalogSearch catalogSearch(
      MetadataDatabase metadata,
      Descriptions descriptions,
      Lineages lineages,
      Masks masks,
      Lake lake) {
    return new CatalogSearch(metadata, descriptions, lineages, masks, lake);
  }

  @Bean
  SearchResource searchResource(CatalogSearch search) {
    return new SearchResource(search);
  }
}
