package dev.backlot.controller.signin;

import dev.backlot.controller.access.Caller;
import dev.backlot.controller.access.Role;
import dev.backlot.metadata.AccountStore.Rights;
import java.util.HashSet;
import java.util.Set;

/** What tokens look like, and what one may do. */
final class Tokens {
  /** So that a leaked one is recognized, by people and by scanners. */
  static final String PREFIX = "backlot_";

  private Tokens() {}

  static String random() {
    return PREFIX + Opaque.random();
  }

  /** Returns what is left of some rights when they are given by one who has others. */
  static Rights within(Rights given, Rights giver) {
    Set<String> roles = new HashSet<>();
    for (String role : given.roles()) {
      if (covers(giver.roles(), role)) {
        roles.add(role);
      }
    }
    Set<String> teams = new HashSet<>(given.teams());
    if (!giver.roles().contains(Role.ADMIN.label())) {
      teams.retainAll(giver.teams());
    }
    Set<String> clearances = new HashSet<>(given.clearances());
    if (!giver.clearances().contains(Caller.ALL)) {
      clearances.retainAll(giver.clearances());
      if (given.clearances().contains(Caller.ALL)) {
        clearances.addAll(giver.clearances());
      }
    }
    return new Rights(roles, teams, clearances);
  }

  private static boolean covers(Set<String> own, String asked) {
    return Role.of(asked)
        .filter(
            role -> own.stream().anyMatch(o -> Role.of(o).filter(r -> r.covers(role)).isPresent()))
        .isPresent();
  }
}
