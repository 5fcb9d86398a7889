package dev.backlot.controller.work;

import dev.backlot.model.ProblemCode;
import dev.backlot.model.ProblemException;
import java.util.List;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Long work of every kind. */
@RestController
public final class WorkResource {
  private static final int MOST = 500;

  private final WorkBoard board;

  /** Shows this board. */
  public WorkResource(WorkBoard board) {
    this.board = board;
  }

  /**
   * Some of the work.
   *
   * @param open how much of all has not ended
   */
  record Work(int open, List<WorkItem> items) {}

  /**
   * Lists work: what has not ended first.
   *
   * @param kind only of this kind, or empty
   * @param state {@code open}, {@code ended} or empty for both
   * @param about only about a Source, table or pipeline of this name, or empty
   */
  @GetMapping("/api/v1/work")
  Work list(
      @RequestParam(defaultValue = "") String kind,
      @RequestParam(defaultValue = "") String state,
      @RequestParam(defaultValue = "") String about,
      @RequestParam(defaultValue = "200") int limit) {
    List<WorkItem> all = board.list();
    return new Work(
        (int) all.stream().filter(WorkItem::isOpen).count(),
        all.stream()
            .filter(item -> kind.isEmpty() || item.kind().equals(kind))
            .filter(item -> state.isEmpty() || item.isOpen() == state.equals("open"))
            .filter(
                item ->
                    about.isEmpty()
                        || item.what().name().equals(about)
                        || item.pipeline().filter(about::equals).isPresent())
            .limit(Math.max(1, Math.min(limit, MOST)))
            .toList());
  }

  @GetMapping("/api/v1/work/{id}")
  WorkItem show(@PathVariable String id) {
    return board
        .find(id)
        .orElseThrow(
            () ->
                new ProblemException(
                    ProblemCode.NOT_FOUND,
                    "Cannot find job '"
                        + id
                        + "': there is none of this number, or it is too old to be kept. See the"
                        + " list of jobs."));
  }
}
