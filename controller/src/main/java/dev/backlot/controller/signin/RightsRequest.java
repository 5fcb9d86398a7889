package dev.backlot.controller.signin;

import dev.backlot.controller.access.Role;
import dev.backlot.metadata.AccountStore.Rights;
import dev.backlot.model.Problem;
import dev.backlot.model.ProblemCode;
import dev.backlot.spec.Suggestion;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads roles, teams and clearances from a request, and tells all that is wrong with them. */
final class RightsRequest {
  private static final int LONGEST = 100;

  private RightsRequest() {}

  static Rights read(
      @Nullable List<String> roles,
      @Nullable List<String> teams,
      @Nullable List<String> clearances,
      String cannot,
      List<Problem> problems) {
    Set<String> known = new HashSet<>();
    List<String> labels = Arrays.stream(Role.values()).map(Role::label).toList();
    for (String role : given(roles)) {
      if (Role.of(role).isPresent()) {
        known.add(role);
      } else {
        problems.add(
            Problem.of(
                ProblemCode.SPEC_INVALID_VALUE,
                cannot
                    + ": '"
                    + shortened(role)
                    + "' is not a role. "
                    + Suggestion.sentence(role, labels)));
      }
    }
    return new Rights(
        known,
        words("team", given(teams), cannot, problems),
        words("clearance", given(clearances), cannot, problems));
  }

  private static List<String> given(@Nullable List<String> values) {
    return values == null ? List.of() : values;
  }

  private static Set<String> words(
      String noun, List<String> values, String cannot, List<Problem> problems) {
    Set<String> words = new HashSet<>();
    for (String value : values) {
      String word = value == null ? "" : value.strip();
      if (word.isEmpty()
          || word.length() > LONGEST
          || word.chars().anyMatch(Character::isISOControl)) {
        problems.add(
            Problem.of(
                ProblemCode.SPEC_INVALID_VALUE,
                cannot
                    + ": '"
                    + shortened(word)
                    + "' can't be a "
                    + noun
                    + ". Write 1 to "
                    + LONGEST
                    + " characters on one line."));
      } else {
        words.add(word);
      }
    }
    return words;
  }

  private static String shortened(String text) {
    String line = text.replaceAll("\\p{Cntrl}", "\uFFFD");
    return line.length() <= LONGEST ? line : line.substring(0, LONGEST) + "…";
  }
}
