package dev.backlot.controller;

import dev.backlot.controller.access.AccessLog;
import dev.backlot.controller.access.AccessLogResource;
import dev.backlot.controller.access.Callers;
import dev.backlot.controller.access.Gate;
import dev.backlot.controller.access.Ownership;
import dev.backlot.controller.access.Rules;
import dev.backlot.controller.blackbox.AuditItems;
import dev.backlot.controller.catalog.Items.Effort;
import dev.backlot.controller.document.DocumentAccess;
import dev.backlot.controller.secret.SecretAccess;
import dev.backlot.controller.signin.SignInWiring;
import dev.backlot.controller.table.Lake;
import dev.backlot.controller.web.PageResource;
import dev.backlot.metadata.MetadataDatabase;
import dev.backlot.model.ProblemException;
import dev.backlot.model.platform.PlatformConfig;
import dev.backlot.warehouse.TableName;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.web.method.support.HandlerMethodArgumentResolver;
import org.springframework.web.servlet.config.annotation.InterceptorRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

/** Who needs whom of what decides who may do what. */
@Configuration(proxyBeanMethods = false)
@Import(SignInWiring.class)
class AccessWiring implements WebMvcConfigurer {
  private final ObjectProvider<Gate> gate;

  AccessWiring(ObjectProvider<Gate> gate) {
    this.gate = gate;
  }

  @Override
  public void addArgumentResolvers(List<HandlerMethodArgumentResolver> resolvers) {
    resolvers.add(new Callers());
  }

  @Override
  public void addInterceptors(InterceptorRegistry registry) {
    registry.addInterceptor(gate.getObject());
  }

  @Bean
  AccessLog accessLog(MetadataDatabase metadata, Ownership ownership) {
    return new AccessLog(metadata.accessLog(), ownership);
  }

  @Bean
  AccessLogResource accessLogResource(MetadataDatabase metadata) {
    return new AccessLogResource(metadata.accessLog());
  }

  @Bean
  Ownership ownership(MetadataDatabase metadata, Lake lake, ObjectProvider<AuditItems> audits) {
    return new Ownership(
        metadata,
        table -> writer(lake, table),
        audit ->
            audits
                .getObject()
                .find(audit, Effort.CHEAP)
                .map(item -> String.valueOf(item.spec().getOrDefault("owner", ""))));
  }

  private static Optional<String> writer(Lake lake, String table) {
    try {
      return lake.catalog().owner(TableName.parse(table));
    } catch (ProblemException e) {
      // no table has such a name
      return Optional.empty();
    }
  }

  @Bean
  DocumentAccess documentAccess(Ownership ownership, AccessLog log) {
    return new DocumentAccess(ownership, log);
  }

  @Bean
  SecretAccess secretAccess(MetadataDatabase metadata, PlatformConfig config, AccessLog log) {
    return new SecretAccess(metadata.documents(), config.ownSecrets().references(), log);
  }

  @Bean
  Gate gate(Ownership ownership, AccessLog log) {
    return new Gate(new Rules(), ownership, log, Set.of(PageResource.class));
  }
}
