package dev.backlot.testing.graph;

import java.util.Locale;

/** One of the processes that make the graph. */
public enum GraphServer {
  /** Answers the graph's users, by asking the subgraphs. */
  GATEWAY,
  /** The subgraph that knows which movies there are, and what stands on their posters. */
  CATALOGUE,
  /** The subgraph that knows people, and adds director and cast to movies. */
  PEOPLE;

  String title() {
    return name().toLowerCase(Locale.ROOT);
  }
}
