package dev.backlot.controller.lineage;

import dev.backlot.controller.lineage.LineageGraph.Count;
import java.util.List;

/**
 * What is around a field.
 *
 * @param focus the id of the node that was asked for
 */
record LineageAnswer(
    String focus, List<Node> nodes, List<Edge> edges, Count upstream, Count downstream) {
  /**
   * A node.
   *
   * @param kind {@code source}, {@code step}, {@code table} or {@code pipeline}
   * @param name the Source's or table's name; of a step its id
   * @param pipeline of a step, or empty
   * @param field or empty for the whole
   * @param type of the field, or empty where no plan tells it
   * @param tags that lock it
   * @param hops how many Sources or tables away: negative upstream
   * @param beyond how many edges lead to what is not shown
   */
  record Node(
      String id,
      String kind,
      String name,
      String pipeline,
      String field,
      String type,
      String owner,
      String description,
      List<String> tags,
      int hops,
      int beyond) {}

  /** An edge between shown nodes. */
  record Edge(String from, String to, String how) {}
}
