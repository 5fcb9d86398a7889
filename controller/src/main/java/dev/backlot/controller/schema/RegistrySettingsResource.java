package dev.backlot.controller.schema;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import dev.backlot.registry.ClientRegistry;
import dev.backlot.registry.CompatibilityLevel;
import dev.backlot.registry.Refusal;
import dev.backlot.registry.RefusedException;
import dev.backlot.registry.SubjectMode;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestParam;

/** Compatibility levels and modes, of all subjects and of single ones. */
@RegistryApi
public final class RegistrySettingsResource {
  private static final List<String> NOT_KEPT =
      List.of(
          "alias",
          "compatibilityGroup",
          "validateFields",
          "defaultMetadata",
          "overrideMetadata",
          "defaultRuleSet",
          "overrideRuleSet");

  private final ClientRegistry registry;

  /** Serves this registry. */
  public RegistrySettingsResource(ClientRegistry registry) {
    this.registry = registry;
  }

  @GetMapping("/registry/config")
  Map<String, Object> commonLevel() {
    return level(registry.read(index -> index.commonLevel()));
  }

  @PutMapping("/registry/config")
  Map<String, Object> setCommonLevel(@RequestBody(required = false) byte @Nullable [] body) {
    return setLevel(Optional.empty(), body);
  }

  @DeleteMapping("/registry/config")
  Map<String, Object> clearCommonLevel() {
    return level(registry.clearLevel(Optional.empty()));
  }

  @GetMapping("/registry/config/{subject}")
  Map<String, Object> subjectLevel(
      @PathVariable String subject, @RequestParam(defaultValue = "false") boolean defaultToGlobal) {
    String name = Bodies.subject(subject);
    return level(
        registry.read(
            index ->
                defaultToGlobal
                    ? index.level(name)
                    : index
                        .ownLevel(name)
                        .orElseThrow(() -> ClientRegistry.notSet(Refusal.LEVEL_NOT_SET, name))));
  }

  @PutMapping("/registry/config/{subject}")
  Map<String, Object> setSubjectLevel(
      @PathVariable String subject, @RequestBody(required = false) byte @Nullable [] body) {
    return setLevel(Optional.of(Bodies.subject(subject)), body);
  }

  @DeleteMapping("/registry/config/{subject}")
  Map<String, Object> clearSubjectLevel(@PathVariable String subject) {
    return level(registry.clearLevel(Optional.of(Bodies.subject(subject))));
  }

  @GetMapping("/registry/mode")
  Map<String, Object> commonMode() {
    return mode(registry.read(index -> index.commonMode()));
  }

  @PutMapping("/registry/mode")
  Map<String, Object> setCommonMode(@RequestBody(required = false) byte @Nullable [] body) {
    return setMode(Optional.empty(), body);
  }

  @DeleteMapping("/registry/mode")
  Map<String, Object> clearCommonMode() {
    return mode(registry.clearMode(Optional.empty()));
  }

  @GetMapping("/registry/mode/{subject}")
  Map<String, Object> subjectMode(
      @PathVariable String subject, @RequestParam(defaultValue = "false") boolean defaultToGlobal) {
    String name = Bodies.subject(subject);
    return mode(
        registry.read(
            index ->
                defaultToGlobal
                    ? index.mode(name)
                    : index
                        .ownMode(name)
                        .orElseThrow(() -> ClientRegistry.notSet(Refusal.MODE_NOT_SET, name))));
  }

  @PutMapping("/registry/mode/{subject}")
  Map<String, Object> setSubjectMode(
      @PathVariable String subject, @RequestBody(required = false) byte @Nullable [] body) {
    return setMode(Optional.of(Bodies.subject(subject)), body);
  }

  @DeleteMapping("/registry/mode/{subject}")
  Map<String, Object> clearSubjectMode(@PathVariable String subject) {
    return mode(registry.clearMode(Optional.of(Bodies.subject(subject))));
  }

  private Map<String, Object> setLevel(Optional<String> subject, byte @Nullable [] body) {
    JsonNode request = Bodies.object(body);
    for (String field : NOT_KEPT) {
      if (request.hasNonNull(field) && !request.get(field).equals(BooleanNode.FALSE)) {
        throw new RefusedException(
            Refusal.NOT_PERMITTED,
            "Cannot set '%s': this registry keeps compatibility levels only. Leave it out."
                .formatted(field));
      }
    }
    CompatibilityLevel level =
        CompatibilityLevel.named(request.path("compatibility").asText(""))
            .orElseThrow(
                () ->
                    new RefusedException(
                        Refusal.INVALID_LEVEL,
                        "Invalid compatibility level. Valid values are "
                            + names(CompatibilityLevel.values())
                            + "."));
    registry.setLevel(subject, level);
    return Map.of("compatibility", level.name());
  }

  private Map<String, Object> setMode(Optional<String> subject, byte @Nullable [] body) {
    String wanted = Bodies.object(body).path("mode").asText("");
    SubjectMode mode =
        SubjectMode.named(wanted)
            .orElseThrow(
                () ->
                    new RefusedException(
                        Refusal.INVALID_MODE,
                        "Invalid mode '%s'. Valid values are %s; ids can't be imported, for each is the place of its schema in the topic."
                            .formatted(wanted, names(SubjectMode.values()))));
    registry.setMode(subject, mode);
    return Map.of("mode", mode.name());
  }

  private static String names(Enum<?>[] values) {
    return String.join(", ", Arrays.stream(values).map(Enum::name).toList());
  }

  private static Map<String, Object> level(CompatibilityLevel level) {
    return Map.of("compatibilityLevel", level.name());
  }

  private static Map<String, Object> mode(SubjectMode mode) {
    return Map.of("mode", mode.name());
  }
}
