package dev.backlot.testing.graph;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A federated graph as others run it: an Apollo gateway before two Apollo subgraphs, each a Node
 * process on loopback. Tests fill it with entities, break it, change its schema, and read what it
 * was asked.
 *
 * <pre>{@code
 * try (TestGraph graph = TestGraph.start()) {
 *   graph.put("Person", Map.of("id", "p1", "name", "Agnès Varda"));
 *   graph.put("Movie", Map.of("id", "1", "title", "Cléo", "director", "p1"));
 *   graph.faults(PEOPLE, Faults.none().status(503, 1).times(2));
 *   … graph.url() …
 *   assertThat(graph.requests(GATEWAY).allIds()).containsExactly("1");
 * }
 * }</pre>
 *
 * <p>Needs Node 20; npm fetches the packages when they are not there yet. Thread-safe.
 */
public final class TestGraph implements AutoCloseable {
  private final Map<GraphServer, NodeProcess> servers;

  private TestGraph(Map<GraphServer, NodeProcess> servers) {
    this.servers = servers;
  }

  /** Starts the graph, empty and without faults; returns when the gateway answers. */
  public static TestGraph start() {
    Path module = NodePackages.install();
    Map<GraphServer, NodeProcess> servers = new EnumMap<>(GraphServer.class);
    Deque<NodeProcess> started = new ArrayDeque<>();
    try {
      for (GraphServer subgraph : List.of(GraphServer.CATALOGUE, GraphServer.PEOPLE)) {
        NodeProcess process =
            NodeProcess.start(module, subgraph.title(), "subgraph.mjs", List.of(subgraph.title()));
        started.push(process);
        servers.put(subgraph, process);
      }
      List<String> subgraphs =
          servers.entrySet().stream()
              .map(server -> server.getKey().title() + "=" + server.getValue().url())
              .toList();
      NodeProcess gateway = NodeProcess.start(module, "gateway", "gateway.mjs", subgraphs);
      started.push(gateway);
      servers.put(GraphServer.GATEWAY, gateway.awaitReady());
      return new TestGraph(servers);
    } catch (RuntimeException e) {
      started.forEach(NodeProcess::close);
      throw e;
    }
  }

  /** Returns where the gateway answers; it stays the same while this graph lives. */
  public URI url() {
    return url(GraphServer.GATEWAY);
  }

  /** Returns where a server answers. */
  public URI url(GraphServer server) {
    return server(server).url();
  }

  /**
   * Adds or replaces an entity, in both subgraphs; each takes the fields that it knows.
   *
   * @param type {@code Movie} or {@code Person}
   * @param entity its fields by name, {@code id} among them; people are named by their ids: {@code
   *     director: "p1"}, {@code cast: [{character: "Cléo", person: "p2"}]}
   */
  public TestGraph put(String type, Map<String, ?> entity) {
    return putAll(type, List.of(entity));
  }

  /** Adds or replaces many entities at once. */
  public TestGraph putAll(String type, Collection<? extends Map<String, ?>> entities) {
    return tellSubgraphs("PUT", Map.of("type", type, "entities", entities));
  }

  /** Removes entities. */
  public TestGraph delete(String type, String... ids) {
    return tellSubgraphs("DELETE", Map.of("type", type, "ids", List.of(ids)));
  }

  /** Removes all entities, faults, schema changes and records of requests; opens what is down. */
  public TestGraph reset() {
    servers.forEach(
        (server, process) -> {
          up(server);
          faults(server, Faults.none());
        });
    tellSubgraphs("DELETE", null);
    subgraph(GraphServer.CATALOGUE).control("POST", "/schema/reset", null);
    subgraph(GraphServer.PEOPLE).control("POST", "/schema/reset", null);
    server(GraphServer.GATEWAY).control("POST", "/compose", null);
    return forgetRequests();
  }

  /** Replaces a server's faults; what hangs there goes on. */
  public TestGraph faults(GraphServer server, Faults faults) {
    server(server).control("PUT", "/faults", faults.settings());
    return this;
  }

  /** Closes a server's port: who connects is refused, and what was open is cut. */
  public TestGraph down(GraphServer server) {
    server(server).control("POST", "/down", null);
    return this;
  }

  /** Opens a server's port again. */
  public TestGraph up(GraphServer server) {
    server(server).control("POST", "/up", null);
    return this;
  }

  /** Drops a field of a subgraph's type; when this returns, the gateway's graph has changed. */
  public TestGraph dropField(GraphServer subgraph, String type, String field) {
    return change(subgraph, "/schema/drop", Map.of("type", type, "field", field));
  }

  /**
   * Adds a field to a subgraph's type, or changes the one of that name; when this returns, the
   * gateway's graph has changed. Entities may have had its value before.
   *
   * @param definition as in a schema document: {@code tagline: String}
   */
  public TestGraph addField(GraphServer subgraph, String type, String definition) {
    return change(subgraph, "/schema/add", Map.of("type", type, "definition", definition));
  }

  /**
   * Composes a further subgraph into the gateway's graph.
   *
   * @throws IllegalStateException with all that composition says when they do not fit
   */
  public TestGraph addSubgraph(String name, URI url) {
    server(GraphServer.GATEWAY)
        .control("PUT", "/subgraph", Map.of("name", name, "url", url.toString()));
    return this;
  }

  /** Returns what a server was asked. */
  public Requests requests(GraphServer server) {
    return Requests.parse(server(server).control("GET", "/requests", null));
  }

  /** Forgets what all servers were asked. */
  public TestGraph forgetRequests() {
    servers.values().forEach(process -> process.control("DELETE", "/requests", null));
    return this;
  }

  /** Asks the gateway and returns its whole answer. */
  public JsonNode ask(String query, Map<String, ?> variables) {
    return server(GraphServer.GATEWAY).ask(query, variables);
  }

  /** Returns a server's process id. */
  long pid(GraphServer server) {
    return server(server).pid();
  }

  /** Ends all servers. */
  @Override
  public void close() {
    servers.values().forEach(NodeProcess::close);
  }

  /** Closes the pipes to all servers, as the end of this process would. */
  void letGo() {
    servers.values().forEach(NodeProcess::letGo);
  }

  private TestGraph change(GraphServer subgraph, String path, Object body) {
    subgraph(subgraph).control("POST", path, body);
    server(GraphServer.GATEWAY).control("POST", "/compose", null);
    return this;
  }

  private TestGraph tellSubgraphs(String method, @Nullable Object body) {
    subgraph(GraphServer.CATALOGUE).control(method, "/entities", body);
    subgraph(GraphServer.PEOPLE).control(method, "/entities", body);
    return this;
  }

  private NodeProcess subgraph(GraphServer server) {
    if (server == GraphServer.GATEWAY) {
      throw new IllegalArgumentException("The gateway has no entities and no schema of its own");
    }
    return server(server);
  }

  private NodeProcess server(GraphServer server) {
    return Objects.requireNonNull(servers.get(server));
  }
}
