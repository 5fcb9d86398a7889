package dev.backlot.controller;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backlot.model.platform.PlatformConfig.ClaimSource;
import dev.backlot.model.platform.PlatformConfig.Oidc;
import dev.backlot.model.platform.PlatformConfig.SignIn;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Signing in at a real identity server. */
class KeycloakIT {
  private static final String SECRET = "a-secret-of-the-client";
  private static final String PASSWORD = "ada's password";

  @Test
  void somebody_signs_in_at_keycloak_and_has_its_roles_and_groups() throws Exception {
    try (KeycloakServer keycloak = KeycloakServer.start("backlot", SECRET, PASSWORD);
        TestPlatform platform = new TestPlatform(signIn(keycloak.issuer()))) {
      Person ada = new Person(platform);
      ada.get("/api/v1/session/oidc?to=%2Fpipelines");

      URI back = URI.create(keycloak.signIn(ada.lastHeader("Location"), "ada", PASSWORD));
      ada.get(back.getRawPath() + "?" + back.getRawQuery());

      assertThat(ada.lastHeader("Location")).isEqualTo("/pipelines");
      assertThat(ada.get("/api/v1/session").body())
          .containsEntry("name", "ada")
          .containsEntry("full_name", "Ada Lovelace")
          .containsEntry("roles", List.of("builder"))
          .containsEntry("teams", List.of("post"));
    }
  }

  private static SignIn signIn(String issuer) {
    SignIn usual = SignIn.DEFAULT;
    return new SignIn(
        usual.listen(),
        "",
        usual.idleSeconds(),
        usual.longestSeconds(),
        usual.logSeconds(),
        Optional.of(
            new Oidc(
                issuer,
                "backlot",
                SECRET,
                "Keycloak",
                List.of("openid", "profile"),
                "preferred_username",
                new ClaimSource("roles", Map.of("editors", "builder")),
                List.of("viewer"),
                new ClaimSource("groups", Map.of()),
                ClaimSource.NONE)));
  }
}
