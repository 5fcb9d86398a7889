package dev.backlot.model.spec;

import java.io.Serializable;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/** A GraphQL graph that enrichment may call. */
public record EndpointSpec(SpecHeader header, Type type, Config config) implements Spec {

  /** The kinds of endpoints that can be called. */
  public enum Type {
    GRAPHQL
  }

  /**
   * Where the graph is and what every request carries.
   *
   * @param url absolute, http or https, without user and password
   * @param headers by name, in the document's order
   */
  public record Config(String url, Map<String, HeaderValue> headers) {
    /** Copies what is mutable, keeping order. */
    public Config {
      headers = Collections.unmodifiableMap(new LinkedHashMap<>(headers));
    }
  }

  /** What a header holds. */
  public sealed interface HeaderValue extends Serializable {
    /** Text that may be shown. */
    record Literal(String text) implements HeaderValue {}

    /**
     * A secret, resolved for each request.
     *
     * @param prefix what stands before it, such as {@code Bearer} and a space; may be empty
     */
    record Secret(String prefix, SecretReference secret) implements HeaderValue {}
  }
}
