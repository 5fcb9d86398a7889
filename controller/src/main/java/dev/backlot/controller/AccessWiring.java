package dev.backlot.controller;

import dev.backlot.controller.access.AccessLog;
import dev.backlot.controller.access.Callers;
import dev.backlot.metadata.MetadataDatabase;
import java.util.List;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.method.support.HandlerMethodArgumentResolver;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

/** Who needs whom of what decides who may do what. */
@Configuration(proxyBeanMethods = false)
class AccessWiring implements WebMvcConfigurer {
  @Override
  public void addArgumentResolvers(List<HandlerMethodArgumentResolver> resolvers) {
    resolvers.add(new Callers());
  }

  @Bean
  AccessLog accessLog(MetadataDatabase metadata) {
    return new AccessLog(metadata.accessLog());
  }
}
