package dev.backlot.warehouse.rest;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.iceberg.rest.Endpoint;
import org.apache.iceberg.rest.RESTUtil;

/**
 * What the REST catalog answers, as the protocol's specification names it. The prefix may be left
 * out.
 */
public enum Route {
  CONFIG("GET", "/v1/config"),
  LIST_NAMESPACES(Endpoint.V1_LIST_NAMESPACES),
  CREATE_NAMESPACE(Endpoint.V1_CREATE_NAMESPACE),
  LOAD_NAMESPACE(Endpoint.V1_LOAD_NAMESPACE),
  NAMESPACE_EXISTS(Endpoint.V1_NAMESPACE_EXISTS),
  DROP_NAMESPACE(Endpoint.V1_DELETE_NAMESPACE),
  UPDATE_NAMESPACE(Endpoint.V1_UPDATE_NAMESPACE),
  LIST_TABLES(Endpoint.V1_LIST_TABLES),
  CREATE_TABLE(Endpoint.V1_CREATE_TABLE),
  REGISTER_TABLE(Endpoint.V1_REGISTER_TABLE),
  LOAD_TABLE(Endpoint.V1_LOAD_TABLE),
  TABLE_EXISTS(Endpoint.V1_TABLE_EXISTS),
  UPDATE_TABLE(Endpoint.V1_UPDATE_TABLE),
  DROP_TABLE(Endpoint.V1_DELETE_TABLE),
  RENAME_TABLE(Endpoint.V1_RENAME_TABLE),
  REPORT_METRICS(Endpoint.V1_REPORT_METRICS),
  COMMIT_TRANSACTION(Endpoint.V1_COMMIT_TRANSACTION),
  LIST_VIEWS(Endpoint.V1_LIST_VIEWS),
  CREATE_VIEW(Endpoint.V1_CREATE_VIEW),
  REGISTER_VIEW(Endpoint.V1_REGISTER_VIEW),
  LOAD_VIEW(Endpoint.V1_LOAD_VIEW),
  VIEW_EXISTS(Endpoint.V1_VIEW_EXISTS),
  UPDATE_VIEW(Endpoint.V1_UPDATE_VIEW),
  DROP_VIEW(Endpoint.V1_DELETE_VIEW),
  RENAME_VIEW(Endpoint.V1_RENAME_VIEW);

  private static final String PREFIX = "{prefix}";

  private final String method;
  private final String path;
  private final List<String> segments;

  Route(Endpoint endpoint) {
    this(endpoint.httpMethod(), endpoint.path());
  }

  Route(String method, String path) {
    this.method = method;
    this.path = path;
    this.segments = List.of(path.substring(1).split("/"));
  }

  /** Returns the HTTP method in capitals. */
  public String method() {
    return method;
  }

  /** Returns the path with names in braces, such as {@code /v1/{prefix}/namespaces}. */
  public String path() {
    return path;
  }

  /** Returns the route as clients are told of it; what every server has is not told. */
  Optional<Endpoint> endpoint() {
    return this == CONFIG ? Optional.empty() : Optional.of(Endpoint.create(method, path));
  }

  /** A route with the names in a request's path, still encoded. */
  record Match(Route route, Map<String, String> names) {}

  /**
   * Finds the route of a request.
   *
   * @param path as sent, encoded, such as {@code /v1/lake/namespaces/studio}
   */
  static Optional<Match> of(String method, String path) {
    List<String> parts = List.of(path.replaceFirst("^/", "").split("/"));
    for (Route route : values()) {
      if (route.method.equals(method)) {
        Optional<Map<String, String>> names = route.names(parts);
        if (names.isPresent()) {
          return Optional.of(new Match(route, names.get()));
        }
      }
    }
    return Optional.empty();
  }

  private Optional<Map<String, String>> names(List<String> parts) {
    Map<String, String> names = new HashMap<>();
    int at = 0;
    for (String segment : segments) {
      if (segment.equals(PREFIX)) {
        if (at < parts.size() && parts.get(at).equals(CatalogProtocol.PREFIX)) {
          at++;
        }
        continue;
      }
      if (at == parts.size()) {
        return Optional.empty();
      }
      String part = parts.get(at++);
      if (segment.startsWith("{")) {
        names.put(segment.substring(1, segment.length() - 1), part);
      } else if (!segment.equals(RESTUtil.decodeString(part))) {
        return Optional.empty();
      }
    }
    return at == parts.size() ? Optional.of(names) : Optional.empty();
  }
}
