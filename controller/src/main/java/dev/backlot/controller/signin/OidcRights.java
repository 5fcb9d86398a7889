package dev.backlot.controller.signin;

import dev.backlot.controller.access.Role;
import dev.backlot.metadata.AccountStore.Rights;
import dev.backlot.model.platform.PlatformConfig.ClaimSource;
import dev.backlot.model.platform.PlatformConfig.Oidc;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads what somebody may do out of an identity provider's claims. */
final class OidcRights {
  private final Oidc settings;

  OidcRights(Oidc settings) {
    this.settings = settings;
  }

  /**
   * Returns the rights by the claims; what no claim is configured for stays as it was.
   *
   * @param before what an admin gave, or nothing for one who is new
   */
  Rights of(Map<String, Object> claims, Rights before) {
    Set<String> roles = words(claims, settings.roles(), before.roles());
    roles.removeIf(role -> Role.of(role).isEmpty());
    if (roles.isEmpty()) {
      roles.addAll(settings.defaultRoles());
    }
    return new Rights(
        roles,
        words(claims, settings.teams(), before.teams()),
        words(claims, settings.clearances(), before.clearances()));
  }

  private static Set<String> words(
      Map<String, Object> claims, ClaimSource source, Set<String> otherwise) {
    if (source.claim().isEmpty()) {
      return new HashSet<>(otherwise);
    }
    Set<String> words = new HashSet<>();
    for (String said : values(claim(claims, source.claim()))) {
      String word = source.words().isEmpty() ? said : source.words().getOrDefault(said, "");
      if (!word.isBlank()) {
        words.add(word.strip());
      }
    }
    return words;
  }

  /** Returns a claim's text; empty when it is no text. */
  static String text(Map<String, Object> claims, String path) {
    return claim(claims, path) instanceof String text ? text.strip() : "";
  }

  /** A claim's own name may have dots, such as a URL; else they separate what is nested. */
  private static @Nullable Object claim(Map<?, ?> claims, String path) {
    if (claims.containsKey(path)) {
      return claims.get(path);
    }
    int dot = path.indexOf('.');
    return dot > 0 && claims.get(path.substring(0, dot)) instanceof Map<?, ?> inner
        ? claim(inner, path.substring(dot + 1))
        : null;
  }

  private static List<String> values(@Nullable Object claim) {
    if (claim instanceof Collection<?> collection) {
      return collection.stream().map(String::valueOf).toList();
    }
    return claim instanceof String text ? List.of(text.split("[ ,]+")) : List.of();
  }
}
