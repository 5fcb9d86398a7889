package dev.backlot.controller;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backlot.controller.IdentityProvider.Lie;
import dev.backlot.model.platform.PlatformConfig.ClaimSource;
import dev.backlot.model.platform.PlatformConfig.Oidc;
import dev.backlot.model.platform.PlatformConfig.SignIn;
import java.io.IOException;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** People sign in at an identity provider, and nobody who only says so. */
class OidcIT {
  private static IdentityProvider provider;
  private static TestPlatform platform;

  @BeforeAll
  static void start() throws IOException {
    provider = new IdentityProvider();
    platform = new TestPlatform(signIn(provider.issuer()));
  }

  @AfterAll
  static void stop() {
    platform.close();
    provider.close();
  }

  static SignIn signIn(String issuer) {
    Oidc oidc =
        new Oidc(
            issuer,
            IdentityProvider.CLIENT,
            IdentityProvider.SECRET,
            "Studio",
            List.of("openid", "profile"),
            "preferred_username",
            new ClaimSource(
                "realm_access.roles", Map.of("backlot-admins", "admin", "editors", "builder")),
            List.of(),
            new ClaimSource("groups", Map.of()),
            ClaimSource.NONE);
    SignIn usual = SignIn.DEFAULT;
    return new SignIn(
        usual.listen(), "", usual.idleSeconds(), usual.longestSeconds(), 1, Optional.of(oidc));
  }

  private static Map<String, Object> claims(String name, String... roles) {
    return Map.of(
        "preferred_username",
        name,
        "name",
        "Ms " + name,
        "realm_access",
        Map.of("roles", List.of(roles)),
        "groups",
        List.of("post", "vfx"));
  }

  /** Goes to the provider and comes back; returns where the browser is sent then. */
  private static String goThrough(Person person, String to) throws IOException {
    person.get("/api/v1/session/oidc?to=" + to);
    URI back = URI.create(IdentityProvider.visit(person.lastHeader("Location")));
    person.get(back.getRawPath() + "?" + back.getRawQuery());
    return person.lastHeader("Location");
  }

  @Test
  void somebody_signs_in_and_has_the_roles_and_teams_that_the_provider_tells() throws Exception {
    provider.person("42", claims("ada", "editors", "cooks"));
    Person ada = new Person(platform);
    assertThat(ada.get("/api/v1/session").at("provider")).isEqualTo("Studio");

    String landed = goThrough(ada, "%2Fsources%3Ftab%3Ddata");

    assertThat(landed).isEqualTo("/sources?tab=data");
    assertThat(ada.get("/api/v1/session").body())
        .containsEntry("name", "ada")
        .containsEntry("full_name", "Ms ada")
        .containsEntry("roles", List.of("builder"))
        .containsEntry("teams", List.of("post", "vfx"))
        .containsEntry("clearances", List.of());
    assertThat(ada.cookies()).hasSize(1);

    provider.person("42", claims("renamed", "backlot-admins"));
    assertThat(goThrough(ada, "%2F")).isEqualTo("/");
    assertThat(ada.get("/api/v1/session").body())
        .containsEntry("name", "ada")
        .containsEntry("roles", List.of("admin"));
    assertThat(platform.get("/api/v1/users/ada").at("status", "issuer"))
        .isEqualTo(provider.issuer());
    // an account that the provider knows has no password here
    assertThat(platform.post("/api/v1/users/ada/reset-password", Map.of()).status()).isEqualTo(409);
    assertThat(new Person(platform).signIn("ada", "").status()).isEqualTo(401);
  }

  @ParameterizedTest
  @EnumSource(value = Lie.class, mode = EnumSource.Mode.EXCLUDE, names = "NONE")
  void what_proves_nothing_signs_nobody_in(Lie lie) throws Exception {
    provider.person("666", claims("mallory", "backlot-admins"));
    provider.lie(lie);
    Person mallory = new Person(platform);

    String landed = goThrough(mallory, "%2F");

    assertThat(landed).isEqualTo("/sign-in?problem=refused");
    assertThat(mallory.get("/api/v1/session").at("signed_in")).isEqualTo(false);
    assertThat(platform.get("/api/v1/users/mallory").status()).isEqualTo(404);
  }

  @Test
  void keys_that_the_provider_changes_are_followed() throws Exception {
    provider.person("7", claims("grace", "editors"));
    assertThat(goThrough(new Person(platform), "%2F")).isEqualTo("/");

    provider.rotate();

    Person again = new Person(platform);
    assertThat(goThrough(again, "%2F")).isEqualTo("/");
    assertThat(again.get("/api/v1/session").at("name")).isEqualTo("grace");
  }

  @Test
  void an_answer_is_only_for_the_browser_that_asked_and_only_once() throws Exception {
    provider.person("8", claims("victor", "editors"));
    Person attacker = new Person(platform);
    attacker.get("/api/v1/session/oidc");
    URI back = URI.create(IdentityProvider.visit(attacker.lastHeader("Location")));
    String callback = back.getRawPath() + "?" + back.getRawQuery();

    // the attacker's own answer, in another's browser
    Person victim = new Person(platform);
    victim.get(callback);
    assertThat(victim.lastHeader("Location")).isEqualTo("/sign-in?problem=expired");
    victim.get("/api/v1/session/oidc");
    victim.get(callback);
    assertThat(victim.lastHeader("Location")).isEqualTo("/sign-in?problem=expired");
    assertThat(victim.get("/api/v1/session").at("signed_in")).isEqualTo(false);

    Map<String, String> cookies = Map.copyOf(attacker.cookies());
    attacker.get(callback);
    assertThat(attacker.lastHeader("Location")).isEqualTo("/");
    attacker.cookies().putAll(cookies);
    attacker.get(callback);
    assertThat(attacker.lastHeader("Location")).isEqualTo("/sign-in?problem=expired");
    attacker.get("/api/v1/session/oidc/callback?error=access_denied&state=x");
    assertThat(attacker.lastHeader("Location")).isEqualTo("/sign-in?problem=expired");
  }

  @Test
  void the_state_cookie_is_for_the_way_back_only() {
    Person person = new Person(platform);
    person.get("/api/v1/session/oidc");

    assertThat(person.lastSetCookies())
        .singleElement()
        .satisfies(
            cookie -> assertThat(cookie).contains("HttpOnly", "SameSite=Lax", "Max-Age=600"));
    Map<String, String> asked =
        IdentityProvider.form(URI.create(person.lastHeader("Location")).getRawQuery());
    assertThat(asked)
        .containsEntry("code_challenge_method", "S256")
        .containsEntry("response_type", "code")
        .containsKeys("nonce", "state", "code_challenge");
    assertThat(asked.values()).noneMatch(value -> value.contains(IdentityProvider.SECRET));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https%3A%2F%2Fevil.example",
        "%2F%2Fevil.example",
        "%2F%5Cevil.example",
        "%2F%09%2Fevil.example",
        "javascript%3Aalert(1)",
        "%2Fx%0d%0aSet-Cookie%3Aa%3Db"
      })
  void a_link_that_signs_in_leads_to_no_other_site(String to) throws Exception {
    provider.person("9", claims("olive", "editors"));

    assertThat(goThrough(new Person(platform), to)).isEqualTo("/");
  }

  @Test
  void nobody_takes_over_an_account_by_its_name() throws Exception {
    provider.person("10", claims("admin", "backlot-admins"));
    Person impostor = new Person(platform);

    assertThat(goThrough(impostor, "%2F")).isEqualTo("/sign-in?problem=name_taken");
    assertThat(impostor.get("/api/v1/session").at("signed_in")).isEqualTo(false);
  }

  @Test
  void one_without_a_role_and_one_who_is_disabled_stay_outside() throws Exception {
    provider.person("11", claims("guest", "cooks"));
    assertThat(goThrough(new Person(platform), "%2F")).isEqualTo("/sign-in?problem=no_role");

    provider.person("12", claims("leaver", "editors"));
    assertThat(goThrough(new Person(platform), "%2F")).isEqualTo("/");
    platform.post("/api/v1/users/leaver/disable", Map.of());
    assertThat(goThrough(new Person(platform), "%2F")).isEqualTo("/sign-in?problem=disabled");
  }

  @Test
  void odd_names_become_names_of_accounts() throws Exception {
    provider.person("13", claims("Ada \"Lace\" <b>", "editors"));
    Person odd = new Person(platform);
    goThrough(odd, "%2F");
    provider.person("14", claims("管理者", "editors"));
    Person other = new Person(platform);
    goThrough(other, "%2F");

    assertThat(odd.get("/api/v1/session").at("name")).isEqualTo("Ada--Lace---b-");
    assertThat(String.valueOf(other.get("/api/v1/session").at("name"))).startsWith("user-");
    assertThat(List.of(odd.cookies().size(), other.cookies().size())).containsOnly(1);
  }

  @Test
  void a_provider_that_is_away_is_said_to_be() throws Exception {
    try (TestPlatform alone = new TestPlatform(signIn("http://localhost:1"))) {
      Person person = new Person(alone);
      person.get("/api/v1/session/oidc");

      assertThat(person.lastHeader("Location")).isEqualTo("/sign-in?problem=unreachable");
    }
  }
}
