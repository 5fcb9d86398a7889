package dev.backlot.server;

import dev.backlot.model.Place;
import dev.backlot.model.Problem;
import dev.backlot.model.ProblemCode;
import dev.backlot.model.ProblemException;
import dev.backlot.model.spec.SecretReference;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/** Reads the configuration file; reports all that is wrong with it at once. */
final class SettingsFile {
  private static final Set<String> SERVICES =
      Set.of(
          "api",
          "metadata",
          "kafka",
          "kafka_controller",
          "flink",
          "engine",
          "studio",
          "studio_graph",
          "metrics");

  private final String file;
  private final List<Problem> problems = new ArrayList<>();

  private SettingsFile(String file) {
    this.file = file;
  }

  /**
   * Reads a file.
   *
   * @throws ProblemException with everything that is wrong
   */
  static Settings read(Path path) {
    SettingsFile reader = new SettingsFile(path.toString());
    Settings settings = reader.settings(reader.load(path));
    if (!reader.problems.isEmpty()) {
      throw new ProblemException(reader.problems);
    }
    return settings;
  }

  private Map<String, Object> load(Path path) {
    String text;
    try {
      text = Files.readString(path);
    } catch (IOException e) {
      throw new ProblemException(
          ProblemCode.USAGE,
          "Cannot read configuration file '"
              + path
              + "': "
              + (Files.exists(path) ? e.getMessage() : "there is no such file")
              + ". Name another with --config.",
          e);
    }
    try {
      Object document =
          new Load(LoadSettings.builder().setLabel(file).build()).loadFromString(text);
      return document == null ? Map.of() : mapping(document, "");
    } catch (MarkedYamlEngineException e) {
      int line = e.getProblemMark().map(mark -> mark.getLine() + 1).orElse(0);
      int column = e.getProblemMark().map(mark -> mark.getColumn() + 1).orElse(0);
      throw new ProblemException(
          List.of(
              new Problem(
                  ProblemCode.SPEC_NOT_YAML,
                  "Cannot read configuration file '"
                      + file
                      + "': "
                      + e.getProblem()
                      + ". Mend the YAML.",
                  new Place(file, line, column, ""))));
    } catch (YamlEngineException e) {
      throw new ProblemException(
          ProblemCode.SPEC_NOT_YAML,
          "Cannot read configuration file '" + file + "': " + e.getMessage() + ". Mend the YAML.",
          e);
    }
  }

  private Settings settings(Map<String, Object> root) {
    Settings defaults = Settings.defaults();
    onlyFields(
        root,
        "",
        Set.of(
            "data_dir",
            "secrets_dir",
            "ports",
            "metadata",
            "kafka",
            "flink",
            "warehouse",
            "lake",
            "memory",
            "api",
            "sign_in",
            "access_log"));
    Map<String, Object> flink = section(root, "flink", Set.of("rest_url", "slots"));
    Map<String, Object> warehouse = section(root, "warehouse", Set.of("uri"));
    Map<String, Object> memory = section(root, "memory", Set.of("data_plane", "controller"));
    return new Settings(
        text(root, "", "data_dir"),
        text(root, "", "secrets_dir"),
        ports(section(root, "ports", SERVICES)),
        metadata(root),
        kafka(root),
        text(flink, "flink", "rest_url"),
        integer(flink, "flink", "slots", 1, 1000).orElse(defaults.flinkSlots()),
        text(warehouse, "warehouse", "uri"),
        root.containsKey("lake")
            ? new LakeSection(this, mapping(root.get("lake"), LakeSection.NAME)).read()
            : Optional.empty(),
        new Settings.Memory(
            size(memory, "data_plane").orElse(defaults.memory().dataPlane()),
            size(memory, "controller").orElse(defaults.memory().controller())),
        new SignInSection(
                this, mapping(root, "api"), mapping(root, "sign_in"), mapping(root, "access_log"))
            .read());
  }

  private Settings.Ports ports(Map<String, Object> section) {
    Map<String, Integer> ports = new LinkedHashMap<>();
    for (String service : section.keySet()) {
      integer(section, "ports", service, 1, 65535).ifPresent(port -> ports.put(service, port));
    }
    return new Settings.Ports(ports);
  }

  private Optional<Settings.Metadata> metadata(Map<String, Object> root) {
    if (!root.containsKey("metadata")) {
      return Optional.empty();
    }
    Map<String, Object> section = section(root, "metadata", Set.of("url", "user", "password"));
    Optional<String> url = required(section, "metadata", "url");
    Optional<String> user = required(section, "metadata", "user");
    Optional<SecretReference> password = secret(section, "metadata", "password");
    if (url.isPresent() && !url.get().startsWith("jdbc:postgresql:")) {
      report("metadata.url", "it must start with 'jdbc:postgresql:'", "Write a JDBC URL");
    }
    if (url.isEmpty() || user.isEmpty() || password.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(new Settings.Metadata(url.get(), user.get(), password.get()));
  }

  private Optional<Settings.Kafka> kafka(Map<String, Object> root) {
    Map<String, Object> section =
        section(root, "kafka", Set.of("bootstrap_servers", "replication_factor", "properties"));
    if (section.isEmpty()) {
      return Optional.empty();
    }
    Optional<String> servers = required(section, "kafka", "bootstrap_servers");
    int replication = integer(section, "kafka", "replication_factor", 1, 100).orElse(3);
    Map<String, String> properties = new LinkedHashMap<>();
    Object given = section.getOrDefault("properties", Map.of());
    mapping(given, "kafka.properties")
        .forEach((name, value) -> properties.put(name, String.valueOf(value)));
    return servers.map(found -> new Settings.Kafka(found, (short) replication, properties));
  }

  /** Reads a secret's reference, or reports what stands there instead. */
  Optional<SecretReference> secret(Map<String, Object> section, String path, String field) {
    String at = path + "." + field;
    Object value = section.get(field);
    if (value instanceof Map<?, ?> map && map.size() == 1) {
      Map.Entry<?, ?> entry = map.entrySet().iterator().next();
      String name = String.valueOf(entry.getValue());
      if ("env".equals(entry.getKey()) && name.startsWith("BACKLOT_SECRET_")) {
        return Optional.of(new SecretReference.FromEnvironment(name));
      }
      if ("file".equals(entry.getKey())) {
        return Optional.of(new SecretReference.FromFile(name));
      }
    }
    report(
        at,
        value == null ? "it is missing" : "a secret never stands in a file",
        "Write {env: BACKLOT_SECRET_…} or {file: name in the secrets directory}");
    return Optional.empty();
  }

  private Map<String, Object> section(Map<String, Object> root, String field, Set<String> fields) {
    Object value = root.get(field);
    if (value == null) {
      return Map.of();
    }
    Map<String, Object> section = mapping(value, field);
    onlyFields(section, field, fields);
    return section;
  }

  private Map<String, Object> mapping(Map<String, Object> root, String field) {
    return root.containsKey(field) ? mapping(root.get(field), field) : Map.of();
  }

  Map<String, Object> mapping(Object value, String path) {
    if (!(value instanceof Map<?, ?> map)) {
      report(path.isEmpty() ? "it" : path, "it must be a mapping", "Write 'name: value' lines");
      return Map.of();
    }
    Map<String, Object> mapping = new LinkedHashMap<>();
    map.forEach(
        (key, element) -> {
          if (element != null) {
            mapping.put(String.valueOf(key), element);
          }
        });
    return mapping;
  }

  void onlyFields(Map<String, Object> section, String path, Set<String> fields) {
    for (String field : section.keySet()) {
      if (!fields.contains(field)) {
        report(
            path.isEmpty() ? field : path + "." + field,
            "there is no such setting",
            "Known here: " + String.join(", ", fields.stream().sorted().toList()));
      }
    }
  }

  Optional<String> required(Map<String, Object> section, String path, String field) {
    if (!section.containsKey(field)) {
      report(path + "." + field, "it is missing", "Add it");
    }
    return text(section, path, field);
  }

  Optional<String> text(Map<String, Object> section, String path, String field) {
    Object value = section.get(field);
    if (value == null) {
      return Optional.empty();
    }
    if (value instanceof String text && !text.isBlank()) {
      return Optional.of(text);
    }
    report(path.isEmpty() ? field : path + "." + field, "it must be a text", "Quote it");
    return Optional.empty();
  }

  private Optional<Integer> integer(
      Map<String, Object> section, String path, String field, int least, int most) {
    Object value = section.get(field);
    if (value == null) {
      return Optional.empty();
    }
    if (value instanceof Integer number && number >= least && number <= most) {
      return Optional.of(number);
    }
    report(
        path + "." + field,
        "'" + value + "' is not a number from " + least + " to " + most,
        "Change it");
    return Optional.empty();
  }

  private Optional<String> size(Map<String, Object> section, String field) {
    Object value = section.get(field);
    if (value == null) {
      return Optional.empty();
    }
    if (String.valueOf(value).matches("[1-9][0-9]{0,6}[mMgG]")) {
      return Optional.of(String.valueOf(value));
    }
    report("memory." + field, "'" + value + "' is not a size", "Write it like 768m or 2g");
    return Optional.empty();
  }

  void report(String path, String cause, String fix) {
    problems.add(
        new Problem(
            ProblemCode.SPEC_INVALID_VALUE,
            "Cannot use setting '" + path + "' in '" + file + "': " + cause + ". " + fix + ".",
            new Place(file, 0, 0, path)));
  }
}
