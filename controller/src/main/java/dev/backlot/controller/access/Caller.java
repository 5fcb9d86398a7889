package dev.backlot.controller.access;

import java.util.Set;

/**
 * Who makes a request. A controller's method takes one as a parameter; elsewhere see {@link
 * Callers}.
 *
 * @param name of the account; {@code token:NAME} for a service's token, {@code operator} for the
 *     token in the data directory
 * @param kind how it is known
 * @param token the name of the token that it showed; empty when it showed none
 * @param roles what it may do
 * @param teams whose things are its own
 * @param clearances tags whose values it may see on every Source; {@link #ALL} for every tag
 * @param address where the request comes from; empty when it is the platform's own
 */
public record Caller(
    String name,
    Kind kind,
    String token,
    Set<Role> roles,
    Set<String> teams,
    Set<String> clearances,
    String address) {
  /** Among the clearances: every tag. */
  public static final String ALL = "*";

  /** The caller with the token in the data directory. */
  public static final String OPERATOR = "operator";

  private static final Caller PLATFORM =
      new Caller("platform", Kind.PLATFORM, "", Set.of(Role.ADMIN), Set.of(), Set.of(ALL), "");

  /** How a caller is known. */
  public enum Kind {
    /** A person who signed in. */
    PERSON,
    /** A program with a token. */
    TOKEN,
    /** The platform itself, such as a scheduled run; not a request. */
    PLATFORM,
    /** Nobody knows. */
    ANONYMOUS
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

  /** Returns one who may do and see nothing. */
  public static Caller anonymous(String address) {
    return new Caller("", Kind.ANONYMOUS, "", Set.of(), Set.of(), Set.of(), address);
  }

  /** Returns whether one of the roles covers what this role may do. */
  public boolean has(Role role) {
    return roles.stream().anyMatch(own -> own.covers(role));
  }

  /** Returns whether a team's things are this caller's own; what is nobody's is the admins'. */
  public boolean isIn(String team) {
    return has(Role.ADMIN) || !team.isEmpty() && teams.contains(team);
  }

  /** Returns whether the values of fields with a tag may be seen without a grant. */
  public boolean isClearedFor(String tag) {
    return clearances.contains(ALL) || clearances.contains(tag);
  }
}
