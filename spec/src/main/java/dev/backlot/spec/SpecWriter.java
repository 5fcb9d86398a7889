package dev.backlot.spec;

import dev.backlot.model.spec.AuditSpec;
import dev.backlot.model.spec.ConnectionSpec;
import dev.backlot.model.spec.EndpointSpec;
import dev.backlot.model.spec.PipelineSpec;
import dev.backlot.model.spec.RouteSpec;
import dev.backlot.model.spec.SecretReference;
import dev.backlot.model.spec.SourceSpec;
import dev.backlot.model.spec.Spec;
import dev.backlot.model.spec.SpecHeader;
import dev.backlot.model.spec.StartFrom;
import dev.backlot.model.spec.StepSpec;
import dev.backlot.model.spec.StepSpec.Consumes;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Writes specs in their canonical form: fields in a fixed order, defaults of the document's own
 * fields filled in, what was left out of steps left out. Reading it gives the same spec again.
 */
public final class SpecWriter {
  private SpecWriter() {}

  /** Returns the canonical document as JSON without white space. */
  public static String toJson(Spec spec) {
    return CanonicalJson.write(toMap(spec));
  }

  /** Returns the canonical document as ordered plain values. */
  public static Map<String, Object> toMap(Spec spec) {
    Map<String, Object> map = header(spec.header());
    if (spec instanceof ConnectionSpec connection) {
      connection(connection, map);
    } else if (spec instanceof EndpointSpec endpoint) {
      endpoint(endpoint, map);
    } else if (spec instanceof AuditSpec audit) {
      audit(audit, map);
    } else if (spec instanceof PipelineSpec pipeline) {
      pipeline(pipeline, map);
    } else if (spec instanceof RouteSpec route) {
      RouteWriter.write(route, map);
    } else if (spec instanceof SourceSpec source) {
      source(source, map);
    }
    return map;
  }

  private static Map<String, Object> header(SpecHeader header) {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("apiVersion", Spec.API_VERSION);
    map.put("kind", header.kind().label());
    map.put("name", header.name());
    if (!header.owner().isEmpty()) {
      map.put("owner", header.owner());
    }
    if (!header.description().isEmpty()) {
      map.put("description", header.description());
    }
    if (!header.labels().isEmpty()) {
      map.put("labels", new java.util.TreeMap<>(header.labels()));
    }
    return map;
  }

  private static void connection(ConnectionSpec spec, Map<String, Object> map) {
    map.put("type", MapReader.word(spec.type()));
    Map<String, Object> config = new LinkedHashMap<>();
    config.put("host", spec.config().host());
    config.put("port", spec.config().port());
    config.put("database", spec.config().database());
    config.put("user", spec.config().user());
    config.put("password", secret(spec.config().password()));
    if (!spec.config().tls().equals(ConnectionSpec.Tls.DEFAULT)) {
      config.put("tls", tls(spec.config().tls()));
    }
    map.put("config", config);
    Map<String, Object> tables = new LinkedHashMap<>();
    tables.put("include", spec.tables().include());
    tables.put("exclude", spec.tables().exclude());
    tables.put("keyless", MapReader.word(spec.tables().keyless()));
    map.put("tables", tables);
    Map<String, Object> wal = new LinkedHashMap<>();
    wal.put("alert", Quantities.formatSize(spec.wal().alertBytes()));
    wal.put("limit", Quantities.formatSize(spec.wal().limitBytes()));
    wal.put("on_limit", MapReader.word(spec.wal().onLimit()));
    map.put("wal", wal);
    SettingWriter.connection(spec, map);
  }

  private static Map<String, Object> tls(ConnectionSpec.Tls tls) {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("mode", MapReader.word(tls.mode()));
    tls.rootCertificate().ifPresent(reference -> map.put("root_certificate", secret(reference)));
    tls.certificate().ifPresent(reference -> map.put("certificate", secret(reference)));
    tls.key().ifPresent(reference -> map.put("key", secret(reference)));
    return map;
  }

  private static void endpoint(EndpointSpec spec, Map<String, Object> map) {
    map.put("type", MapReader.word(spec.type()));
    Map<String, Object> config = new LinkedHashMap<>();
    config.put("url", spec.config().url());
    if (!spec.config().headers().isEmpty()) {
      Map<String, Object> headers = new LinkedHashMap<>();
      spec.config().headers().forEach((name, value) -> headers.put(name, header(value)));
      config.put("headers", headers);
    }
    map.put("config", config);
  }

  private static Object header(EndpointSpec.HeaderValue value) {
    if (value instanceof EndpointSpec.HeaderValue.Literal literal) {
      return literal.text();
    }
    EndpointSpec.HeaderValue.Secret secret = (EndpointSpec.HeaderValue.Secret) value;
    Map<String, Object> map = new LinkedHashMap<>();
    if (!secret.prefix().isEmpty()) {
      map.put("prefix", secret.prefix());
    }
    map.putAll(secret(secret.secret()));
    return map;
  }

  private static void audit(AuditSpec spec, Map<String, Object> map) {
    map.put("source", side(spec.source()));
    map.put("target", side(spec.target()));
    map.put("key", spec.key());
    map.put("every", Quantities.formatDuration(spec.every()));
    map.put("looks", spec.looks());
    map.put("sla", Quantities.formatDuration(spec.sla()));
    spec.repair()
        .ifPresent(
            repair -> {
              Map<String, Object> written = new LinkedHashMap<>();
              written.put("source", repair.source());
              written.put("policy", MapReader.word(repair.policy()));
              map.put("repair", written);
            });
  }

  private static void source(SourceSpec spec, Map<String, Object> map) {
    if (!spec.domain().isEmpty()) {
      map.put("domain", spec.domain());
    }
    Map<String, Object> fields = new LinkedHashMap<>();
    spec.fields()
        .forEach(
            (name, note) -> {
              Map<String, Object> field = new LinkedHashMap<>();
              if (!note.description().isEmpty()) {
                field.put("description", note.description());
              }
              if (!note.unit().isEmpty()) {
                field.put("unit", note.unit());
              }
              if (!note.tags().isEmpty()) {
                field.put("tags", note.tags());
              }
              fields.put(name, field);
            });
    if (!fields.isEmpty()) {
      map.put("fields", fields);
    }
  }

  private static Map<String, Object> side(AuditSpec.Side side) {
    Map<String, Object> map = new LinkedHashMap<>();
    side.connection().ifPresent(connection -> map.put("connection", connection));
    map.put("query", side.query());
    return map;
  }

  static Map<String, Object> secret(SecretReference secret) {
    if (secret instanceof SecretReference.FromEnvironment environment) {
      return Map.of("env", environment.variable());
    }
    return Map.of("file", ((SecretReference.FromFile) secret).name());
  }

  private static void pipeline(PipelineSpec spec, Map<String, Object> map) {
    map.put("state", MapReader.word(spec.state()));
    map.put("start_from", startFrom(spec.startFrom()));
    map.put("on_error", MapReader.word(spec.onError()));
    map.put("deletion", MapReader.word(spec.deletion()));
    if (spec.adopt()) {
      map.put("adopt", true);
    }
    SettingWriter.pipeline(spec, map);
    map.put("steps", spec.steps().stream().map(SpecWriter::step).toList());
  }

  private static String startFrom(StartFrom startFrom) {
    if (startFrom instanceof StartFrom.AtTime at) {
      return at.time().toString();
    }
    return startFrom instanceof StartFrom.Latest ? "latest" : "earliest";
  }

  private static Map<String, Object> step(StepSpec step) {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("id", step.id());
    map.put(MapReader.word(step.role()), step.type());
    from(step.inputs()).ifPresent(from -> map.put("from", from));
    step.consumes()
        .ifPresent(
            consumes ->
                map.put(
                    "consumes",
                    consumes instanceof Consumes.Fields fields ? fields.names() : "all"));
    step.publish().ifPresent(publish -> map.put("publish", publish));
    if (step.isolate()) {
      map.put("isolate", true);
    }
    step.parallelism().ifPresent(parallelism -> map.put("parallelism", parallelism));
    if (!step.config().isEmpty()) {
      map.put("config", step.config());
    }
    return map;
  }

  private static Optional<Object> from(List<StepSpec.Input> inputs) {
    if (inputs.isEmpty()) {
      return Optional.empty();
    }
    boolean named = inputs.stream().anyMatch(input -> !input.name().equals(input.step()));
    if (named) {
      Map<String, String> map = new LinkedHashMap<>();
      inputs.forEach(input -> map.put(input.name(), input.step()));
      return Optional.of(map);
    }
    List<String> steps = inputs.stream().map(StepSpec.Input::step).toList();
    return Optional.of(steps.size() == 1 ? steps.get(0) : steps);
  }
}
