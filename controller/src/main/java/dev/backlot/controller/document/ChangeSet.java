package dev.backlot.controller.document;

import dev.backlot.model.Problem;
import dev.backlot.model.ProblemException;
import java.util.List;

/** What applying a set of documents would do, and everything that stands against it. */
record ChangeSet(List<Change> changes, List<Problem> problems) {
  ChangeSet {
    changes = List.copyOf(changes);
    problems = List.copyOf(problems);
  }

  boolean hasChanges() {
    return changes.stream().anyMatch(change -> change.action() != Change.Action.UNCHANGED);
  }

  ChangeSet orThrow() {
    if (!problems.isEmpty()) {
      throw new ProblemException(problems);
    }
    return this;
  }
}
