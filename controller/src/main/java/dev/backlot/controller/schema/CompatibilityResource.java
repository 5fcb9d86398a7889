package dev.backlot.controller.schema;

import dev.backlot.registry.ClientRegistry;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestParam;

/** Whether a schema could be registered, before anybody does it. */
@RegistryApi
public final class CompatibilityResource {
  private final ClientRegistry registry;

  /** Serves this registry. */
  public CompatibilityResource(ClientRegistry registry) {
    this.registry = registry;
  }

  @PostMapping("/registry/compatibility/subjects/{subject}/versions")
  Map<String, Object> withSubject(
      @PathVariable String subject,
      @RequestParam(defaultValue = "false") boolean verbose,
      @RequestBody(required = false) byte @Nullable [] body) {
    return verdict(
        registry.incompatibilities(Bodies.subject(subject), Bodies.schema(body)), verbose);
  }

  @PostMapping("/registry/compatibility/subjects/{subject}/versions/{version}")
  Map<String, Object> withVersion(
      @PathVariable String subject,
      @PathVariable String version,
      @RequestParam(defaultValue = "false") boolean verbose,
      @RequestBody(required = false) byte @Nullable [] body) {
    return verdict(
        registry.incompatibilities(Bodies.subject(subject), version, Bodies.schema(body)), verbose);
  }

  private static Map<String, Object> verdict(List<String> problems, boolean verbose) {
    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put("is_compatible", problems.isEmpty());
    if (verbose) {
      answer.put("messages", problems);
    }
    return answer;
  }
}
