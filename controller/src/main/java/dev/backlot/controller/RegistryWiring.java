package dev.backlot.controller;

import dev.backlot.controller.schema.CompatibilityResource;
import dev.backlot.controller.schema.RegistryAdvice;
import dev.backlot.controller.schema.RegistryResource;
import dev.backlot.controller.schema.RegistrySettingsResource;
import dev.backlot.controller.schema.SchemaResource;
import dev.backlot.controller.schema.Schemas;
import dev.backlot.controller.schema.SourceSubjects;
import dev.backlot.controller.schema.SubjectResource;
import dev.backlot.metadata.MetadataDatabase;
import dev.backlot.model.platform.PlatformConfig;
import dev.backlot.registry.ClientRegistry;
import dev.backlot.registry.SchemaStore;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Who needs whom in the schema registry. */
@Configuration(proxyBeanMethods = false)
class RegistryWiring {
  @Bean
  SchemaStore schemaStore(PlatformConfig config) {
    return Schemas.open(config);
  }

  @Bean
  ClientRegistry clientRegistry(SchemaStore schemas, MetadataDatabase metadata) {
    return new ClientRegistry(schemas, new SourceSubjects(metadata.sources()));
  }

  @Bean
  RegistryResource registryResource(SchemaStore schemas) {
    return new RegistryResource(schemas);
  }

  @Bean
  SubjectResource subjectResource(ClientRegistry registry) {
    return new SubjectResource(registry);
  }

  @Bean
  SchemaResource schemaResource(ClientRegistry registry) {
    return new SchemaResource(registry);
  }

  @Bean
  RegistrySettingsResource registrySettingsResource(ClientRegistry registry) {
    return new RegistrySettingsResource(registry);
  }

  @Bean
  CompatibilityResource compatibilityResource(ClientRegistry registry) {
    return new CompatibilityResource(registry);
  }

  @Bean
  RegistryAdvice registryAdvice() {
    return new RegistryAdvice();
  }
}
