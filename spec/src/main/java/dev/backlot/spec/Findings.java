package dev.backlot.spec;

import dev.backlot.model.Place;
import dev.backlot.model.Problem;
import dev.backlot.model.ProblemCode;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.nodes.Node;

/** Collects the problems of one file, each with its place. */
final class Findings {
  private final String file;
  private final List<Problem> problems = new ArrayList<>();
  private String subject = "document";

  Findings(String file) {
    this.file = file;
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
