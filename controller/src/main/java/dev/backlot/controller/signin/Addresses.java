package dev.backlot.controller.signin;

import jakarta.servlet.http.HttpServletRequest;

/** Where requests come from. */
final class Addresses {
  private final boolean behindProxy;

  /** Believes the proxy in front, if there is one. */
  Addresses(boolean behindProxy) {
    this.behindProxy = behindProxy;
  }

  /**
   * Returns the address of the client; of what a proxy passes on, the part that it added itself.
   */
  String of(HttpServletRequest request) {
    String forwarded = behindProxy ? request.getHeader("X-Forwarded-For") : null;
    if (forwarded == null) {
      return String.valueOf(request.getRemoteAddr());
    }
    String last = forwarded.substring(forwarded.lastIndexOf(',') + 1).strip();
    return last.length() <= 64 ? last : last.substring(0, 64);
  }
}
