package dev.backlot.server;

import dev.backlot.model.spec.SecretReference;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The configuration file's section {@code lake}: which Iceberg catalog holds the tables. */
final class LakeSection {
  static final String NAME = "lake";
  private static final Set<String> TYPES = Set.of("jdbc", "rest", "hive", "glue", "nessie");
  private static final Map<String, String> PROPERTIES =
      Map.of(
          "type", "type",
          "uri", "uri",
          "warehouse", "warehouse",
          "user", "jdbc.user",
          "catalog_impl", "catalog-impl",
          "io_impl", "io-impl");
  private static final Map<String, String> SECRETS =
      Map.of("password", "jdbc.password", "credential", "credential", "token", "token");

  private final SettingsFile file;
  private final Map<String, Object> section;
  private final Map<String, String> properties = new LinkedHashMap<>();
  private final Map<String, SecretReference> secrets = new LinkedHashMap<>();

  LakeSection(SettingsFile file, Map<String, Object> section) {
    this.file = file;
    this.section = section;
  }

  /** Reads the section; what is wrong with it is reported to the file. */
  Optional<Settings.Lake> read() {
    file.onlyFields(
        section,
        NAME,
        Set.of(
            "type",
            "uri",
            "warehouse",
            "user",
            "password",
            "credential",
            "token",
            "catalog_impl",
            "io_impl",
            "properties"));
    PROPERTIES.forEach(
        (field, property) ->
            file.text(section, NAME, field).ifPresent(value -> properties.put(property, value)));
    SECRETS.forEach(
        (field, property) -> {
          if (section.containsKey(field)) {
            file.secret(section, NAME, field).ifPresent(found -> secrets.put(property, found));
          }
        });
    Map<String, Object> given =
        file.mapping(section.getOrDefault("properties", Map.of()), NAME + ".properties");
    given.keySet().forEach(name -> property(given, name));
    checkKind();
    return Optional.of(new Settings.Lake(properties, secrets));
  }

  private void property(Map<String, Object> given, String name) {
    Object value = given.get(name);
    String folded = name.toLowerCase(Locale.ROOT);
    boolean secret =
        folded.equals("credential")
            || folded.contains("token")
            || folded.contains("password")
            || folded.contains("secret");
    if (value instanceof Map<?, ?> || secret && !folded.endsWith("-uri")) {
      file.secret(given, NAME + ".properties", name).ifPresent(found -> secrets.put(name, found));
    } else {
      properties.put(name, String.valueOf(value));
    }
  }

  private void checkKind() {
    String type = properties.getOrDefault("type", "");
    if (type.isEmpty() == !properties.containsKey("catalog-impl")) {
      file.report(
          NAME + ".type",
          type.isEmpty() ? "it is missing" : "it excludes catalog_impl",
          "Write one of " + String.join(", ", TYPES.stream().sorted().toList()));
    } else if (!type.isEmpty() && !TYPES.contains(type)) {
      file.report(
          NAME + ".type",
          "'" + type + "' is no catalog type",
          "Write one of " + String.join(", ", TYPES.stream().sorted().toList()));
    }
    if (type.equals("jdbc") || type.equals("rest")) {
      file.required(section, NAME, "uri");
    }
  }
}
