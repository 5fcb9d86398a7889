package dev.backlot.controller.access;

import java.util.Set;

/**
 * What a route asks of its caller.
 *
 * @param method of HTTP
 * @param path as the route is declared, with its variables
 * @param roles of which one is needed; nobody need be signed in when there is none
 * @param action the verb in the access log; empty for what isn't logged by the route
 * @param kind what the route is about, or {@code {kind}} when a variable says it
 * @param variable the path's variable that names it; empty when the route is about no single thing
 * @param own whether it must belong to one of the caller's teams
 */
public record Rule(
    String method,
    String path,
    Set<Role> roles,
    String action,
    String kind,
    String variable,
    boolean own) {
  private static final String UNKNOWN = "?";

  /** Anybody may, signed in or not. */
  static Rule open(String method, String path) {
    return new Rule(method, path, Set.of(), "", "", "", false);
  }

  /** One who has a role may, and it changes nothing. */
  static Rule reads(String method, String path, Role... roles) {
    return new Rule(method, path, Set.of(roles), "", "", "", false);
  }

  /** One who has a role may, and it is logged. */
  static Rule does(String method, String path, Role role, String action, String kind) {
    return new Rule(method, path, Set.of(role), action, kind, "", false);
  }

  /** Names what the route is about. */
  Rule of(String named) {
    return new Rule(method, path, roles, action, kind, named, own);
  }

  /** Names what the route is about, which must be of one of the caller's teams. */
  Rule ofOwn(String named) {
    return new Rule(method, path, roles, action, kind, named, true);
  }

  /** Returns whether nobody thought of the route, so that nobody may. */
  boolean isUnknown() {
    return kind.equals(UNKNOWN);
  }

  static Rule unknown(String method, String path) {
    return new Rule(method, path, Set.of(Role.ADMIN), "", UNKNOWN, "", false);
  }

  boolean isOpen() {
    return roles.isEmpty();
  }
}
