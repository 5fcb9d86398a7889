package dev.backlot.testing.graph;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * An Apollo gateway before somebody else's subgraph, and before one of its own whose only field,
 * {@code watchlist(ids: [ID!]!): [Movie]!}, makes it ask the other for entities. Thread-safe.
 */
public final class TestGateway implements AutoCloseable {
  private final NodeProcess watchlist;
  private final NodeProcess gateway;

  private TestGateway(NodeProcess watchlist, NodeProcess gateway) {
    this.watchlist = watchlist;
    this.gateway = gateway;
  }

  /**
   * Composes and starts to answer.
   *
   * @param name of the subgraph under test
   * @throws IllegalStateException with all that composition says when it is not a valid subgraph
   */
  public static TestGateway before(String name, URI subgraph) {
    Path module = NodePackages.install();
    NodeProcess watchlist =
        NodeProcess.start(module, "watchlist", "subgraph.mjs", List.of("watchlist"));
    try {
      NodeProcess gateway =
          NodeProcess.start(
              module,
              "gateway",
              "gateway.mjs",
              List.of(name + "=" + subgraph, "watchlist=" + watchlist.url()));
      return new TestGateway(watchlist, gateway.awaitReady());
    } catch (RuntimeException e) {
      watchlist.close();
      throw e;
    }
  }

  /** Returns where it answers. */
  public URI url() {
    return gateway.url();
  }

  /** Asks the gateway and returns its whole answer. */
  public JsonNode ask(String query, Map<String, ?> variables) {
    return gateway.ask(query, variables);
  }

  /** Ends both processes. */
  @Override
  public void close() {
    gateway.close();
    watchlist.close();
  }
}
