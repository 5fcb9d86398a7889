package dev.backlot.spec;

import dev.backlot.model.ProblemCode;
import dev.backlot.model.alert.AlertKind;
import dev.backlot.model.alert.Severity;
import dev.backlot.model.spec.EndpointAddress;
import dev.backlot.model.spec.RouteSpec;
import dev.backlot.model.spec.RouteSpec.Login;
import dev.backlot.model.spec.RouteSpec.Tls;
import dev.backlot.model.spec.RouteSpec.Type;
import dev.backlot.model.spec.SecretReference;
import dev.backlot.model.spec.SpecHeader;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.snakeyaml.engine.v2.nodes.MappingNode;

/** Reads the fields of a route. */
final class RouteReader {
  private static final Pattern HOST =
      Pattern.compile("[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?|\\[[0-9a-fA-F:.]+\\]");

  /** What mail servers take without quoting, and no line break. */
  private static final Pattern ADDRESS =
      Pattern.compile("[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?");

  private static final Pattern LOOPBACK = Pattern.compile("localhost|127\\.[0-9.]+|\\[::1\\]");

  private RouteReader() {}

  static RouteSpec read(SpecHeader header, MapReader map, Findings findings) {
    if (!map.has("type")) {
      map.missing("type");
    }
    Type type = map.choice("type", Type.WEBHOOK, List.of(Type.values()));
    if (!map.has("config")) {
      map.missing("config");
    }
    boolean given = map.has("config");
    MapReader config = map.map("config");
    RouteSpec.Target target =
        switch (type) {
          case WEBHOOK ->
              new RouteSpec.Webhook(
                  given ? url(config, findings) : "", secret(config, "secret", given, findings));
          case SLACK -> new RouteSpec.Slack(secret(config, "url", given, findings));
          case EMAIL -> email(config, given, findings);
        };
    if (map.has("type")) {
      config.finish();
    }
    return new RouteSpec(header, target, match(map), SettingReader.duration(map, "remind"));
  }

  private static String url(MapReader config, Findings findings) {
    Optional<String> url = config.required("url");
    url.flatMap(EndpointAddress::refusal)
        .ifPresent(
            refusal ->
                findings.report(
                    ProblemCode.ENDPOINT_ADDRESS_REFUSED,
                    config.place("url"),
                    "its 'url' can't be called: " + refusal,
                    "Write one such as 'https://ops.example.org/backlot'."));
    return url.orElse("");
  }

  private static SecretReference secret(
      MapReader config, String field, boolean given, Findings findings) {
    if (!config.has(field)) {
      if (given) {
        config.missing(field);
      }
      return SecretReader.NOTHING;
    }
    if (config.value(field).filter(MappingNode.class::isInstance).isEmpty()) {
      findings.report(
          ProblemCode.SPEC_LITERAL_SECRET,
          config.place(field),
          "'" + config.pathOf(field) + "' is a secret, which must not stand in a document",
          "Refer to it: '"
              + field
              + ": {env: BACKLOT_SECRET_…}' or '"
              + field
              + ": {file: NAME}'.");
      return SecretReader.NOTHING;
    }
    MapReader reference = config.map(field);
    SecretReference read = SecretReader.read(reference, config, field);
    reference.finish();
    return read;
  }

  private static RouteSpec.Email email(MapReader config, boolean given, Findings findings) {
    String host = given ? config.required("host").orElse("") : "";
    if (!host.isEmpty()) {
      Optional<String> refusal =
          HOST.matcher(host).matches()
              ? EndpointAddress.refusal("http://" + host)
              : Optional.of("it is not a host's name");
      refusal.ifPresent(
          reason ->
              findings.report(
                  ProblemCode.ENDPOINT_ADDRESS_REFUSED,
                  config.place("host"),
                  "its 'host' can't be called: " + reason,
                  "Name a mail server, such as 'mail.example.org'."));
    }
    Tls tls = config.choice("tls", Tls.STARTTLS, List.of(Tls.values()));
    int standard =
        switch (tls) {
          case STARTTLS -> 587;
          case IMPLICIT -> 465;
          case NONE -> 25;
        };
    int port = config.integer("port", 1, 65535).orElse(standard);
    String from = given ? config.required("from").orElse("") : "";
    if (!from.isEmpty() && !ADDRESS.matcher(from).matches()) {
      config.invalid("from", "'" + from + "' is not a mail address", "Write name@example.org.");
    }
    Optional<Login> login = login(config, findings);
    if (login.isPresent() && tls == Tls.NONE && !LOOPBACK.matcher(host).matches()) {
      config.invalid(
          "tls",
          "a password would be sent readable for everybody on the way",
          "Use 'tls: starttls' or 'tls: implicit'.");
    }
    return new RouteSpec.Email(host, port, tls, from, to(config, given), login);
  }

  private static List<String> to(MapReader config, boolean given) {
    if (given && !config.has("to")) {
      config.missing("to");
    } else if (config.isEmptyList("to")) {
      config.invalid("to", "nobody is named", "Name at least one mail address.");
    }
    List<String> to = config.strings("to");
    List<MapReader.Element> elements = config.elements("to");
    for (int i = 0; i < to.size() && to.size() == elements.size(); i++) {
      if (!ADDRESS.matcher(to.get(i)).matches()) {
        config.invalid(
            elements.get(i).node(),
            elements.get(i).path(),
            "'" + to.get(i) + "' is not a mail address",
            "Write name@example.org.");
      }
    }
    return to;
  }

  private static Optional<Login> login(MapReader config, Findings findings) {
    Optional<String> user = config.string("user");
    if (user.isEmpty() && !config.has("password")) {
      return Optional.empty();
    }
    if (user.isEmpty()) {
      config.missing("user");
    }
    return Optional.of(new Login(user.orElse(""), secret(config, "password", true, findings)));
  }

  private static RouteSpec.Match match(MapReader map) {
    MapReader match = map.map("match");
    RouteSpec.Match read =
        new RouteSpec.Match(
            match.strings("owners"),
            match.choices("severities", Severity.values()),
            match.choices("kinds", AlertKind.values()),
            match.strings("pipelines"),
            match.strings("connections"));
    match.finish();
    return read;
  }
}
