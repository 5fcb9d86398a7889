package dev.backlot.spec;

import dev.backlot.model.Place;
import dev.backlot.model.Problem;
import dev.backlot.model.ProblemCode;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.snakeyaml.engine.v2.common.ScalarStyle;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.ScalarNode;

/** Collects the problems of one file, each with its place. */
final class Findings {
  private final String file;
  private final List<String> lines;
  private final List<Problem> problems = new ArrayList<>();
  private String subject = "document";

  Findings(String file, String text) {
    this.file = file;
    this.lines = text.lines().toList();
  }

  /** Names the document that the next problems are about, such as {@code pipeline 'report'}. */
  void about(String newSubject) {
    subject = newSubject;
  }

  void report(ProblemCode code, Node node, String path, String cause, String nextStep) {
    report(code, place(node, path), cause, nextStep);
  }

  void report(ProblemCode code, Place place, String cause, String nextStep) {
    String message = "Cannot read " + subject + ": " + cause + ". " + nextStep;
    Problem problem = new Problem(code, message, place);
    if (!problems.contains(problem)) {
      problems.add(problem);
    }
  }

  Place place(Node node, String path) {
    return node.getStartMark().map(mark -> place(mark, path)).orElse(new Place(file, 0, 0, path));
  }

  Place place(Mark mark, String path) {
    return new Place(file, mark.getLine() + 1, mark.getColumn() + 1, path);
  }

  /**
   * Returns where the first character of a block's text stands ({@code |} and its lines below);
   * nothing for other texts, whose lines can't be told from the document's.
   */
  Optional<Place> textPlace(ScalarNode node, String path) {
    if (node.getScalarStyle() != ScalarStyle.LITERAL || node.getStartMark().isEmpty()) {
      return Optional.empty();
    }
    int first = node.getStartMark().get().getLine() + 1;
    for (int i = first; i < lines.size(); i++) {
      String line = lines.get(i);
      if (!line.isBlank()) {
        int indent = line.length() - line.stripLeading().length();
        return Optional.of(new Place(file, first + 1, indent + 1, path));
      }
    }
    return Optional.empty();
  }

  int count() {
    return problems.size();
  }

  /** Returns the problems in the order in which they stand in the file. */
  List<Problem> problems() {
    return problems.stream()
        .sorted(
            Comparator.comparingInt((Problem problem) -> problem.place().line())
                .thenComparingInt(problem -> problem.place().column()))
        .toList();
  }
}
