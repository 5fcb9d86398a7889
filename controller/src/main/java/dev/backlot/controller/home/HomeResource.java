package dev.backlot.controller.home;

import dev.backlot.controller.access.Caller;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** What a person sees first. */
@RestController
public final class HomeResource {
  private final HomeBoard board;

  /** Shows this board. */
  public HomeResource(HomeBoard board) {
    this.board = board;
  }

  @GetMapping("/api/v1/home")
  Home home(Caller caller) {
    return board.of(caller);
  }
}
