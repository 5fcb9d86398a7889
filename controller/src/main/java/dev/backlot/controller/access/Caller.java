package dev.backlot.controller.access;

import java.util.Set;

/**
 * Who makes a request. A controller's method takes one as a parameter; elsewhere see {@link
 * Callers}.
 *
 * @param name of the account or token; {@code token:NAME} for a token
 * @param kind how it is known
 * @param roles what it may do
 * @param teams whose things are its own
 * @param clearances tags whose values it may see on every Source; {@link #ALL} for every tag
 * @param address where the request comes from; empty when it is the platform's own
 */
public record Caller(
    String name,
    Kind kind,
    Set<Role> roles,
    Set<String> teams,
    Set<String> clearances,
    String address) {
  /** Among the clearances: every tag. */
  public static final String ALL = "*";

  private static final Caller PLATFORM =
      new Caller("platform", Kind.PLATFORM, Set.of(Role.ADMIN), Set.of(), Set.of(ALL), "");

  /** How a caller is known. */
  public enum Kind {
    /** A person who signed in. */
    PERSON,
    /** A program with a token. */
    TOKEN,
    /** The platform itself, such as a scheduled run; not a request. */
    PLATFORM
  }

  /** Copies the sets. */
  public Caller {
    roles = Set.copyOf(roles);
    teams = Set.copyOf(teams);
    clearances = Set.copyOf(clearances);
  }

  /** Returns the platform itself, which may do and see everything. */
  public static Caller platform() {
    return PLATFORM;
  }

  /** Returns whether one of the roles covers what this role may do. */
  public boolean has(Role role) {
    return roles.stream().anyMatch(own -> own.covers(role));
  }

  /** Returns whether a team's things are this caller's own. */
  public boolean isIn(String team) {
    return has(Role.ADMIN) || teams.contains(team);
  }

  /** Returns whether the values of fields with a tag may be seen without a grant. */
  public boolean isClearedFor(String tag) {
    return clearances.contains(ALL) || clearances.contains(tag);
  }
}
