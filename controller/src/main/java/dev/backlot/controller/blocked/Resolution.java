package dev.backlot.controller.blocked;

/** What an owner has chosen for a field that breaks a pipeline. */
sealed interface Resolution {
  /** Another field of the same event stands for it. */
  record FromField(String field) implements Resolution {}

  /**
   * Always the same value stands for it.
   *
   * @param text as the source would write it
   */
  record Constant(String text) implements Resolution {}

  /** No step names it any more. */
  record StopConsuming() implements Resolution {}

  /** It is read as it is now. */
  record Accept() implements Resolution {}

  /** Returns the word that the API uses. */
  default String label() {
    if (this instanceof FromField) {
      return "map";
    }
    if (this instanceof Constant) {
      return "default";
    }
    return this instanceof Accept ? "accept" : "stop_consuming";
  }
}
