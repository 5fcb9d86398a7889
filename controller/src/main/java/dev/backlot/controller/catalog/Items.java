package dev.backlot.controller.catalog;

import java.util.List;
import java.util.Optional;

/** All things of one kind. Thread-safe. */
public interface Items {
  /** How much is worth finding out. */
  enum Effort {
    /** Only what is known already. */
    CHEAP,
    /** Also what takes seconds to prove, such as whether a pipeline has caught up. */
    PROOF
  }

  /** Returns the kind as the API's paths name it, such as {@code pipelines}. */
  String path();

  /** Returns the kind as one names one of them, such as {@code pipeline}. */
  String noun();

  /** Returns all of them, by name. */
  List<Item> list(Effort effort);

  /** Returns the one of this name. */
  Optional<Item> find(String name, Effort effort);
}
