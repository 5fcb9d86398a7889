package dev.backlot.controller.access;

import jakarta.servlet.http.HttpServletRequest;

/** Finds out who makes a request. Thread-safe. */
public interface Identifier {
  /**
   * Judges a request's credentials as things are now; asked again for a stream that stays open, it
   * tells when a session has ended or a role was taken away.
   */
  Identified identify(HttpServletRequest request);
}
