package dev.backlot.model;

import java.util.List;
import java.util.stream.Collectors;

/** Carries problems across a call stack where a value can't be returned. */
public final class ProblemException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final transient List<Problem> problems;

  /** Carries one problem. */
  public ProblemException(ProblemCode code, String message) {
    this(List.of(Problem.of(code, message)));
  }

  /** Carries one problem and what caused it. */
  public ProblemException(ProblemCode code, String message, Throwable cause) {
    super(message, cause);
    this.problems = List.of(Problem.of(code, message));
  }

  /** Carries all problems found; never an empty list. */
  public ProblemException(List<Problem> problems) {
    super(problems.stream().map(Problem::toString).collect(Collectors.joining("\n")));
    this.problems = List.copyOf(problems);
  }

  /** Returns all problems, in the order found. */
  public List<Problem> problems() {
    return problems;
  }
}
