package dev.backlot.spec;

import dev.backlot.model.ProblemCode;
import dev.backlot.model.spec.EndpointAddress;
import dev.backlot.model.spec.EndpointSpec;
import dev.backlot.model.spec.EndpointSpec.HeaderValue;
import dev.backlot.model.spec.EndpointSpec.Type;
import dev.backlot.model.spec.SpecHeader;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.snakeyaml.engine.v2.nodes.MappingNode;

/** Reads the fields of an endpoint. */
final class EndpointReader {
  private static final Pattern HEADER_NAME = Pattern.compile("[A-Za-z0-9!#$%&'*+.^_`|~-]+");
  private static final Pattern HEADER_TEXT = Pattern.compile("[\\x20-\\x7e]*");

  /** Headers that the request itself decides. */
  private static final Set<String> OWN =
      Set.of(
          "accept",
          "accept-encoding",
          "connection",
          "content-length",
          "content-type",
          "expect",
          "host",
          "transfer-encoding",
          "upgrade");

  private static final Pattern SECRET_NAME =
      Pattern.compile(".*(auth|cookie|token|secret|password|credential|api-?key|signature).*");
  private static final Pattern SECRET_TEXT = Pattern.compile("(?i)(bearer|basic|digest)\\s.*");

  private EndpointReader() {}

  static EndpointSpec read(SpecHeader header, MapReader map, Findings findings) {
    if (!map.has("type")) {
      map.missing("type");
    }
    Type type = map.choice("type", Type.GRAPHQL, List.of(Type.values()));
    if (!map.has("config")) {
      map.missing("config");
    }
    MapReader config = map.map("config");
    String url = map.has("config") ? url(config, findings) : "";
    Map<String, HeaderValue> headers = headers(config, findings);
    config.finish();
    return new EndpointSpec(header, type, new EndpointSpec.Config(url, headers));
  }

  private static String url(MapReader config, Findings findings) {
    Optional<String> url = config.required("url");
    if (url.isEmpty()) {
      return "";
    }
    EndpointAddress.refusal(url.get())
        .ifPresent(
            refusal ->
                findings.report(
                    ProblemCode.ENDPOINT_ADDRESS_REFUSED,
                    config.place("url"),
                    "its 'url' can't be called: " + refusal,
                    "Write one such as 'https://graph.example.org/graphql'; secrets belong into"
                        + " 'headers'."));
    return url.get();
  }

  private static Map<String, HeaderValue> headers(MapReader config, Findings findings) {
    MapReader headers = config.map("headers");
    Map<String, HeaderValue> read = new LinkedHashMap<>();
    for (String name : headers.fields()) {
      String lower = name.toLowerCase(Locale.ROOT);
      if (!HEADER_NAME.matcher(name).matches() || OWN.contains(lower)) {
        headers.invalid(
            name,
            OWN.contains(lower)
                ? "the header '" + name + "' is set by the request itself"
                : "'" + name + "' is not a header's name",
            "Remove it.");
      }
      header(headers, name, findings).ifPresent(value -> read.put(name, value));
    }
    return read;
  }

  private static Optional<HeaderValue> header(MapReader headers, String name, Findings findings) {
    if (headers.value(name).filter(MappingNode.class::isInstance).isPresent()) {
      MapReader reference = headers.map(name);
      String prefix = reference.string("prefix").orElse("");
      checkText(reference, "prefix", prefix);
      HeaderValue value =
          new HeaderValue.Secret(prefix, SecretReader.read(reference, headers, name));
      reference.finish();
      return Optional.of(value);
    }
    Optional<String> text = headers.string(name);
    boolean secret =
        SECRET_NAME.matcher(name.toLowerCase(Locale.ROOT)).matches()
            || text.filter(value -> SECRET_TEXT.matcher(value).matches()).isPresent();
    if (secret) {
      findings.report(
          ProblemCode.SPEC_LITERAL_SECRET,
          headers.place(name),
          "the header '" + name + "' holds a secret, which must not stand in a document",
          "Refer to it: '"
              + name
              + ": {prefix: \"Bearer \", env: BACKLOT_SECRET_…}' or '{file: NAME}'.");
      return Optional.empty();
    }
    text.ifPresent(value -> checkText(headers, name, value));
    return text.map(HeaderValue.Literal::new);
  }

  private static void checkText(MapReader map, String field, String text) {
    if (!HEADER_TEXT.matcher(text).matches()) {
      map.invalid(
          field, "'" + map.pathOf(field) + "' has characters that no header holds", "Remove them.");
    }
  }
}
