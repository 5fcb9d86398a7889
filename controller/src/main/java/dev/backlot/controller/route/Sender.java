package dev.backlot.controller.route;

import dev.backlot.model.spec.RouteSpec;

/** Brings a message to a receiver of one kind. Thread-safe; bounded in time. */
interface Sender {
  /**
   * Sends once.
   *
   * @return what the receiver said, for whoever tests a route
   * @throws SendException when the receiver did not take it
   */
  String send(RouteSpec route, Message message) throws SendException, InterruptedException;

  /** Why a message was not taken: a clause without a final stop and without secrets. */
  final class SendException extends Exception {
    private static final long serialVersionUID = 1L;

    SendException(String reason) {
      super(reason);
    }

    String reason() {
      return String.valueOf(getMessage());
    }
  }
}
