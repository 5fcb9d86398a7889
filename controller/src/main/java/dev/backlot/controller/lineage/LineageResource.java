package dev.backlot.controller.lineage;

import dev.backlot.controller.document.Descriptions;
import dev.backlot.controller.document.Descriptions.Described;
import dev.backlot.controller.lineage.LineageAnswer.Edge;
import dev.backlot.controller.lineage.LineageAnswer.Node;
import dev.backlot.controller.lineage.LineageGraph.Part;
import dev.backlot.model.ProblemCode;
import dev.backlot.model.ProblemException;
import dev.backlot.model.spec.SpecKind;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Which field comes from which, around one of them. */
@RestController
public final class LineageResource {
  private static final int DEEPEST = 20;
  private static final int MOST = 500;

  private final Lineages lineages;
  private final Descriptions descriptions;
  private final Tags tags;

  /** Tells which tags lock fields and who owns what has them. */
  public interface Tags {
    /** Returns the tags that lock a field of a Source or a column of a table, sorted. */
    Function<LineageNode, List<String>> tags();

    /** Returns the team that answers for a Source, or empty. */
    Function<String, String> owners();
  }

  /** Answers from these plans and descriptions. */
  public LineageResource(Lineages lineages, Descriptions descriptions, Tags tags) {
    this.lineages = lineages;
    this.descriptions = descriptions;
    this.tags = tags;
  }

  @GetMapping("/api/v1/lineage")
  LineageAnswer around(
      @RequestParam String field,
      @RequestParam(defaultValue = "1") int depth,
      @RequestParam(defaultValue = "40") int limit) {
    LineageNode focus;
    try {
      focus = LineageNode.parse(field);
    } catch (IllegalArgumentException e) {
      throw new ProblemException(
          ProblemCode.SPEC_INVALID_VALUE,
          "Cannot show lineage of '" + field + "': " + e.getMessage() + ".");
    }
    LineageGraph graph = lineages.graph();
    Part part =
        graph.around(
            focus, Math.max(0, Math.min(depth, DEEPEST)), Math.max(1, Math.min(limit, MOST)));
    Map<String, Described> sources = descriptions.of(SpecKind.SOURCE);
    Map<String, Described> pipelines = descriptions.of(SpecKind.PIPELINE);
    Function<LineageNode, List<String>> lockedBy = tags.tags();
    Function<String, String> owners = tags.owners();
    List<Node> nodes = new ArrayList<>();
    part.hops()
        .forEach(
            (node, hops) -> {
              Described source = sources.getOrDefault(node.owner(), Described.NOTHING);
              nodes.add(
                  new Node(
                      node.id(),
                      node.kind().label(),
                      name(node),
                      pipeline(node),
                      node.field(),
                      graph.type(node).orElse(""),
                      owner(node, owners, pipelines),
                      node.kind() != LineageNode.Kind.SOURCE
                          ? ""
                          : node.field().isEmpty()
                              ? source.description()
                              : source.field(node.field()).description(),
                      node.isData() ? lockedBy.apply(node) : List.of(),
                      hops,
                      part.beyond().getOrDefault(node, 0)));
            });
    return new LineageAnswer(
        focus.id(),
        nodes,
        part.edges().stream()
            .map(edge -> new Edge(edge.from().id(), edge.to().id(), edge.how().label()))
            .toList(),
        part.upstream(),
        part.downstream());
  }

  private static String owner(
      LineageNode node, Function<String, String> owners, Map<String, Described> pipelines) {
    return node.kind() == LineageNode.Kind.SOURCE
        ? owners.apply(node.owner())
        : pipelines.getOrDefault(pipeline(node), Described.NOTHING).owner();
  }

  private static String name(LineageNode node) {
    return node.kind() == LineageNode.Kind.STEP
        ? node.owner().substring(node.owner().indexOf('/') + 1)
        : node.owner();
  }

  private static String pipeline(LineageNode node) {
    return switch (node.kind()) {
      case STEP -> node.owner().substring(0, node.owner().indexOf('/'));
      case PIPELINE -> node.owner();
      default -> "";
    };
  }
}
