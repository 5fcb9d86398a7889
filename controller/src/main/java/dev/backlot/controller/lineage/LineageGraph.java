package dev.backlot.controller.lineage;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** All that deployed plans say of which field comes from which. Immutable. */
public final class LineageGraph {
  private final Map<LineageNode, List<LineageEdge>> down = new HashMap<>();
  private final Map<LineageNode, List<LineageEdge>> up = new HashMap<>();
  private final Map<LineageNode, String> types = new HashMap<>();
  private final Set<LineageEdge> edges = new LinkedHashSet<>();

  /** Joins what several plans say. */
  public LineageGraph(Collection<PlanLineage.Found> plans) {
    for (PlanLineage.Found plan : plans) {
      types.putAll(plan.types());
      edges.addAll(plan.edges());
    }
    for (LineageEdge edge : edges) {
      down.computeIfAbsent(edge.from(), any -> new ArrayList<>()).add(edge);
      up.computeIfAbsent(edge.to(), any -> new ArrayList<>()).add(edge);
    }
  }

  /** Which way to go from a field. */
  public enum Direction {
    UP,
    DOWN
  }

  /**
   * How much of what there is in a direction is shown.
   *
   * @param shown fields of Sources and tables, without the focus
   * @param total as far as it goes
   */
  public record Count(int shown, int total) {}

  /**
   * A part of the graph around a field.
   *
   * @param hops how many Sources or tables away each node is: negative upstream, 0 for the focus.
   *     Steps have the number of what they lead to
   * @param beyond how many edges of a node lead to what is not shown
   */
  public record Part(
      Map<LineageNode, Integer> hops,
      List<LineageEdge> edges,
      Map<LineageNode, Integer> beyond,
      Count upstream,
      Count downstream) {}

  /** Returns the type of a field, where a plan names it. */
  public Optional<String> type(LineageNode node) {
    return Optional.ofNullable(types.get(node));
  }

  /** Returns every edge. */
  public Set<LineageEdge> edges() {
    return edges;
  }

  /** Returns whether a plan names it. */
  public boolean has(LineageNode node) {
    return up.containsKey(node) || down.containsKey(node) || types.containsKey(node);
  }

  /**
   * Returns what is around a field.
   *
   * @param depth how many Sources and tables away, each way
   * @param most how many fields of Sources and tables are shown, each way
   */
  public Part around(LineageNode focus, int depth, int most) {
    Map<LineageNode, Integer> hops = new LinkedHashMap<>();
    hops.put(focus, 0);
    Count upstream = follow(focus, Direction.UP, depth, most, hops);
    Count downstream = follow(focus, Direction.DOWN, depth, most, hops);
    List<LineageEdge> shown = new ArrayList<>();
    Map<LineageNode, Integer> beyond = new HashMap<>();
    for (LineageNode node : hops.keySet()) {
      for (LineageEdge edge : down.getOrDefault(node, List.of())) {
        if (hops.containsKey(edge.to())) {
          shown.add(edge);
        } else {
          beyond.merge(node, 1, Integer::sum);
        }
      }
      for (LineageEdge edge : up.getOrDefault(node, List.of())) {
        if (!hops.containsKey(edge.from())) {
          beyond.merge(node, 1, Integer::sum);
        }
      }
    }
    return new Part(hops, shown, beyond, upstream, downstream);
  }

  private Count follow(
      LineageNode focus,
      Direction direction,
      int depth,
      int most,
      Map<LineageNode, Integer> shown) {
    Map<LineageNode, Integer> distance = distances(focus, direction);
    int total = (int) distance.keySet().stream().filter(this::counts).count() - countOf(focus);
    int sign = direction == Direction.UP ? -1 : 1;
    List<LineageNode> near =
        distance.entrySet().stream()
            .filter(entry -> counts(entry.getKey()) && !entry.getKey().equals(focus))
            .filter(entry -> entry.getValue() <= depth)
            .sorted(
                Map.Entry.<LineageNode, Integer>comparingByValue()
                    .thenComparing(entry -> entry.getKey().id()))
            .map(Map.Entry::getKey)
            .limit(most)
            .toList();
    Set<LineageNode> wanted = new HashSet<>(near);
    near.forEach(node -> shown.putIfAbsent(node, sign * distance.getOrDefault(node, 0)));
    // Steps are shown where they lead to something that is, or end there.
    distance.entrySet().stream()
        .filter(entry -> !counts(entry.getKey()))
        .filter(entry -> entry.getValue() <= depth - 1 || entry.getValue() == 0)
        .filter(entry -> leads(entry.getKey(), direction, wanted, new HashSet<>()))
        .sorted(Comparator.comparing(entry -> entry.getKey().id()))
        .forEach(entry -> shown.putIfAbsent(entry.getKey(), sign * (entry.getValue() + 1)));
    return new Count(near.size(), total);
  }

  private boolean counts(LineageNode node) {
    return node.isData();
  }

  private static int countOf(LineageNode focus) {
    return focus.isData() ? 1 : 0;
  }

  private boolean leads(
      LineageNode node, Direction direction, Set<LineageNode> wanted, Set<LineageNode> seen) {
    if (wanted.contains(node)) {
      return true;
    }
    if (!seen.add(node) || counts(node)) {
      return false;
    }
    List<LineageEdge> next = next(node, direction);
    return next.isEmpty()
        || next.stream().anyMatch(edge -> leads(other(edge, direction), direction, wanted, seen));
  }

  /** Returns how many Sources and tables lie between the focus and each field that it leads to. */
  private Map<LineageNode, Integer> distances(LineageNode focus, Direction direction) {
    Map<LineageNode, Integer> distance = new LinkedHashMap<>();
    distance.put(focus, 0);
    Deque<LineageNode> queue = new ArrayDeque<>(List.of(focus));
    while (!queue.isEmpty()) {
      LineageNode node = queue.removeFirst();
      int here = distance.getOrDefault(node, 0);
      for (LineageEdge edge : next(node, direction)) {
        LineageNode other = other(edge, direction);
        int there = here + (counts(other) ? 1 : 0);
        Integer known = distance.get(other);
        if (known == null || there < known) {
          distance.put(other, there);
          if (there == here) {
            queue.addFirst(other);
          } else {
            queue.addLast(other);
          }
        }
      }
    }
    return distance;
  }

  private List<LineageEdge> next(LineageNode node, Direction direction) {
    return (direction == Direction.UP ? up : down).getOrDefault(node, List.of());
  }

  private static LineageNode other(LineageEdge edge, Direction direction) {
    return direction == Direction.UP ? edge.from() : edge.to();
  }

  /**
   * Returns the fields of Sources and tables that a field of one directly comes from, past the
   * steps between.
   */
  public Map<LineageNode, LineageEdge.How> origins(LineageNode node) {
    Map<LineageNode, LineageEdge.How> origins = new LinkedHashMap<>();
    collect(node, LineageEdge.How.COPIED, origins, new HashSet<>());
    return origins;
  }

  private void collect(
      LineageNode node,
      LineageEdge.How soFar,
      Map<LineageNode, LineageEdge.How> origins,
      Set<LineageNode> seen) {
    if (!seen.add(node)) {
      return;
    }
    for (LineageEdge edge : up.getOrDefault(node, List.of())) {
      LineageEdge.How how = edge.how().compareTo(soFar) > 0 ? edge.how() : soFar;
      if (counts(edge.from())) {
        origins.merge(edge.from(), how, (a, b) -> a.compareTo(b) > 0 ? a : b);
      } else {
        collect(edge.from(), how, origins, seen);
      }
    }
  }
}
