package dev.backlot.controller.schema;

import dev.backlot.registry.SchemaStore;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.server.ResponseStatusException;

/**
 * The schema registry's REST API with Confluent's paths, bodies, media types and error codes, so
 * that ordinary Kafka tools find the schemas of our topics. Here is what is not about schemas.
 */
@RegistryApi
public final class RegistryResource {
  private final SchemaStore store;

  /** Serves this registry. */
  public RegistryResource(SchemaStore store) {
    this.store = store;
  }

  @GetMapping({"/registry", "/registry/"})
  Map<String, Object> root() {
    return Map.of();
  }

  /** There is one context, which has no name. */
  @GetMapping("/registry/contexts")
  List<String> contexts() {
    return List.of(".");
  }

  @GetMapping("/registry/v1/metadata/id")
  Map<String, Object> id() {
    return Map.of(
        "id",
        "",
        "scope",
        Map.of(
            "path",
            List.of(),
            "clusters",
            Map.of("kafka-cluster", store.clusterId(), "schema-registry-cluster", "backlot")));
  }

  @GetMapping("/registry/v1/metadata/version")
  Map<String, Object> version() {
    String version = RegistryResource.class.getPackage().getImplementationVersion();
    return Map.of("version", Objects.requireNonNullElse(version, "0.1.0"), "commitId", "");
  }

  /** Says in the registry's own way that there is no such path. */
  @RequestMapping("/registry/**")
  void nothing() {
    throw new ResponseStatusException(HttpStatus.NOT_FOUND, "HTTP 404 Not Found");
  }
}
