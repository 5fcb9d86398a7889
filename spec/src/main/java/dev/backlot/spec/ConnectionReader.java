package dev.backlot.spec;

import dev.backlot.model.ProblemCode;
import dev.backlot.model.source.TablePattern;
import dev.backlot.model.spec.ConnectionSpec;
import dev.backlot.model.spec.ConnectionSpec.Keyless;
import dev.backlot.model.spec.ConnectionSpec.OnLimit;
import dev.backlot.model.spec.ConnectionSpec.Tls;
import dev.backlot.model.spec.ConnectionSpec.TlsMode;
import dev.backlot.model.spec.ConnectionSpec.Type;
import dev.backlot.model.spec.ConnectionSpec.WalBudget;
import dev.backlot.model.spec.SecretReference;
import dev.backlot.model.spec.SpecHeader;
import java.util.List;
import java.util.Optional;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;

/** Reads the fields of a connection. */
final class ConnectionReader {
  private static final int POSTGRESQL_PORT = 5432;

  private ConnectionReader() {}

  static ConnectionSpec read(SpecHeader header, MapReader map, Findings findings) {
    Type type = Type.POSTGRESQL;
    if (map.has("type")) {
      type = map.choice("type", Type.POSTGRESQL, List.of(Type.values()));
      if (type != Type.POSTGRESQL) {
        findings.report(
            ProblemCode.SPEC_NOT_SUPPORTED,
            map.place("type"),
            "this version does not capture " + MapReader.word(type),
            "Use 'type: postgresql'.");
      }
    } else {
      map.missing("type");
    }
    return new ConnectionSpec(
        header,
        type,
        config(map, findings),
        tables(map),
        wal(map),
        SettingReader.heartbeat(map),
        SettingReader.connectionAlerts(map),
        DumpReader.read(map));
  }

  private static ConnectionSpec.Config config(MapReader map, Findings findings) {
    if (!map.has("config")) {
      map.missing("config");
    }
    MapReader config = map.map("config");
    boolean given = map.has("config");
    ConnectionSpec.Config read =
        new ConnectionSpec.Config(
            text(config, "host", given),
            config.integer("port", 1, 65535).orElse(POSTGRESQL_PORT),
            text(config, "database", given),
            text(config, "user", given),
            password(config, findings, given),
            tls(config));
    config.finish();
    return read;
  }

  private static String text(MapReader config, String field, boolean given) {
    if (!given) {
      return "";
    }
    Optional<String> text = config.required(field);
    if (text.isPresent() && text.get().isBlank()) {
      config.invalid(field, "'" + config.pathOf(field) + "' is empty", "Fill it in.");
    }
    return text.orElse("");
  }

  private static SecretReference password(MapReader config, Findings findings, boolean given) {
    Optional<Node> found = config.value("password");
    if (found.isEmpty()) {
      if (given) {
        config.missing("password");
      }
      return SecretReader.NOTHING;
    }
    if (!(found.get() instanceof MappingNode)) {
      findings.report(
          ProblemCode.SPEC_LITERAL_SECRET,
          config.place("password"),
          "a password must not stand in a document",
          "Refer to it: 'password: {env: BACKLOT_SECRET_…}' or 'password: {file: NAME}'.");
      return SecretReader.NOTHING;
    }
    MapReader secret = config.map("password");
    SecretReference reference = SecretReader.read(secret, config, "password");
    secret.finish();
    return reference;
  }

  private static Tls tls(MapReader config) {
    MapReader tls = config.map("tls");
    TlsMode mode = tls.choice("mode", Tls.DEFAULT.mode(), List.of(TlsMode.values()));
    Tls read =
        new Tls(mode, pem(tls, "root_certificate"), pem(tls, "certificate"), pem(tls, "key"));
    if (read.certificate().isPresent() != read.key().isPresent()) {
      String lacking = read.key().isPresent() ? "certificate" : "key";
      tls.invalid(
          read.key().isPresent() ? "key" : "certificate",
          "it is of no use without '" + tls.pathOf(lacking) + "'",
          "Give both.");
    }
    tls.finish();
    return read;
  }

  private static Optional<SecretReference> pem(MapReader tls, String field) {
    Optional<Node> found = tls.value(field);
    if (found.isEmpty()) {
      return Optional.empty();
    }
    if (!(found.get() instanceof MappingNode)) {
      tls.invalid(
          field,
          "'" + tls.pathOf(field) + "' must refer to a text in PEM",
          "Write '" + field + ": {file: NAME}', a file of the secrets directory.");
      return Optional.empty();
    }
    MapReader reference = tls.map(field);
    SecretReference read = SecretReader.read(reference, tls, field);
    reference.finish();
    return Optional.of(read);
  }

  private static ConnectionSpec.Tables tables(MapReader map) {
    if (!map.has("tables")) {
      map.missing("tables");
      return new ConnectionSpec.Tables(List.of(), List.of(), Keyless.REFUSE);
    }
    MapReader tables = map.map("tables");
    if (!tables.has("include")) {
      tables.missing("include");
    } else if (tables.isEmptyList("include")) {
      tables.invalid(
          "include", "no table is included", "Name tables, such as [public.movie] or [public.*].");
    }
    ConnectionSpec.Tables read =
        new ConnectionSpec.Tables(
            patterns(tables, "include"),
            patterns(tables, "exclude"),
            tables.choice("keyless", Keyless.REFUSE, List.of(Keyless.values())));
    tables.finish();
    return read;
  }

  private static List<String> patterns(MapReader tables, String field) {
    List<String> patterns = tables.strings(field);
    List<MapReader.Element> elements = tables.elements(field);
    if (elements.size() != patterns.size()) {
      return patterns;
    }
    for (int i = 0; i < patterns.size(); i++) {
      try {
        TablePattern.parse(patterns.get(i));
      } catch (IllegalArgumentException e) {
        tables.invalid(
            elements.get(i).node(),
            elements.get(i).path(),
            "'" + patterns.get(i) + "' is not a table or pattern",
            MapReader.sentence(e));
      }
    }
    return patterns;
  }

  private static WalBudget wal(MapReader map) {
    MapReader wal = map.map("wal");
    long alert = size(wal, "alert", WalBudget.DEFAULT.alertBytes());
    long limit = size(wal, "limit", Math.max(WalBudget.DEFAULT.limitBytes(), alert));
    if (alert > limit) {
      wal.invalid("alert", "the alert lies above the limit", "Lower it, or raise 'wal.limit'.");
    }
    WalBudget read =
        new WalBudget(
            alert, limit, wal.choice("on_limit", OnLimit.HOLD, List.of(OnLimit.values())));
    wal.finish();
    return read;
  }

  private static long size(MapReader wal, String field, long standard) {
    Optional<String> text = wal.string(field);
    if (text.isEmpty()) {
      return standard;
    }
    Optional<Long> size = Quantities.parseSize(text.get());
    if (size.isEmpty() || size.get() <= 0) {
      wal.invalid(field, "'" + text.get() + "' is not a size", "Write it as 10GB or 512MiB.");
    }
    return size.orElse(standard);
  }
}
