package dev.backlot.controller.secret;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backlot.controller.access.Caller;
import dev.backlot.controller.access.Role;
import dev.backlot.controller.web.Json;
import dev.backlot.metadata.DocumentStore.StoredDocument;
import dev.backlot.model.Place;
import dev.backlot.model.Problem;
import dev.backlot.model.ProblemCode;
import dev.backlot.model.spec.SecretReference;
import dev.backlot.model.spec.SecretReference.FromEnvironment;
import dev.backlot.model.spec.SecretReference.FromFile;
import dev.backlot.model.spec.SpecKind;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SecretUsersTest {
  private static final SecretReference A = new FromEnvironment("BACKLOT_SECRET_A");

  @Test
  void aSecretIsForTheTeamsThatOwnADocumentWithIt() {
    SecretUsers users = users(document("production", A), document("finance", A));

    assertThat(may(users, caller("production"), A)).isTrue();
    assertThat(may(users, caller("post", "finance"), A)).isTrue();
    assertThat(may(users, caller("post"), A)).isFalse();
    assertThat(may(users, caller(), A)).isFalse();
  }

  @Test
  void whatNoDocumentNamesIsFree() {
    SecretUsers users = users(document("production", A));

    assertThat(may(users, caller("post"), new FromEnvironment("BACKLOT_SECRET_B"))).isTrue();
    assertThat(may(users, caller("post"), new FromFile("BACKLOT_SECRET_A"))).isTrue();
  }

  @Test
  void whatIsNobodysIsForAdminsWhoMayUseAll() {
    SecretUsers users = users(document("", A));

    assertThat(may(users, caller(""), A)).isFalse();
    assertThat(may(users, caller("post"), A)).isFalse();
    assertThat(may(users, admin(), A)).isTrue();
    assertThat(may(users, Caller.platform(), A)).isTrue();
    assertThat(refusals(users, caller("post"), A).get(0).message())
        .endsWith(
            "is used by what belongs to no team, and is for admins. Name another secret, or ask an"
                + " admin.");
  }

  @Test
  void whatThePlatformLivesByIsForAdminsUntilOneLendsIt() {
    FromFile catalog = new FromFile("catalog");
    SecretUsers unused = SecretUsers.of(List.of(), List.of(A, catalog));
    SecretUsers lent = SecretUsers.of(List.of(document("post", A)), List.of(A, catalog));

    assertThat(may(unused, caller("post"), A)).isFalse();
    assertThat(may(unused, caller("post"), new FromFile("CATALOG"))).isFalse();
    assertThat(may(unused, admin(), A)).isTrue();
    assertThat(may(lent, caller("post"), A)).isTrue();
    assertThat(may(lent, caller("production"), A)).isFalse();
  }

  @Test
  void aDeletionThatIsUnderWayFreesNothing() {
    StoredDocument stands = document("production", A);
    StoredDocument deleting =
        new StoredDocument(
            stands.kind(),
            stands.name(),
            1,
            stands.json(),
            true,
            true,
            Instant.EPOCH,
            Instant.EPOCH);

    assertThat(may(users(deleting), caller("post"), A)).isFalse();
    assertThat(may(users(deleting), caller("production"), A)).isTrue();
  }

  /** Not every file system tells them apart. */
  @Test
  void noOtherSpellingLeadsToAnothersFile() {
    SecretUsers users = users(document("production", new FromFile("Studio")));

    assertThat(may(users, caller("post"), new FromFile("studio"))).isFalse();
    assertThat(may(users, caller("production"), new FromFile("Studio"))).isTrue();
    assertThat(may(users, caller("production"), new FromFile("studio"))).isFalse();
    assertThat(refusals(users, caller("production"), new FromFile("studio")).get(0).message())
        .endsWith(
            "may be the same file as 'Studio', which 'production' uses. Write 'Studio', or ask an"
                + " admin.");
    assertThat(may(users, caller("post"), new FromFile("studio2"))).isTrue();
  }

  @Test
  void fieldsOfRowsThatAreCalledFileAreNoSecrets() {
    String json = "{\"owner\": \"production\", \"steps\": [{\"take\": {\"file\": \"edge\"}}]}";
    SecretUsers claimed = users(document("production", edge()));
    SecretUsers users = users(stored(SpecKind.PIPELINE, json));

    assertThat(may(users, caller("post"), edge())).isTrue();
    assertThat(
            claimed.refusals(
                caller("post"),
                "apply",
                SpecKind.PIPELINE,
                "p",
                Json.readTree(json),
                Place.NOWHERE))
        .isEmpty();
  }

  @Test
  void aVariableOfSecretsIsOneInAnyDocument() {
    String json = "{\"owner\": \"production\", \"x\": [{\"env\": \"BACKLOT_SECRET_A\"}]}";

    assertThat(may(users(stored(SpecKind.PIPELINE, json)), caller("post"), A)).isFalse();
  }

  @Test
  void aRefusalNamesEachPlaceAndWhomToAsk() {
    SecretUsers users =
        users(document("production", A), document("finance", A), document("casting", edge()));
    String json =
        """
        {"config": {"password": {"env": "BACKLOT_SECRET_A"}, "tls": {"key": {"file": "edge"},
         "certificate": {"file": "free"}}}}
        """;

    List<Problem> problems =
        users.refusals(
            caller("post"),
            "check",
            SpecKind.CONNECTION,
            "thief",
            Json.readTree(json),
            new Place("c.yaml", 3, 1, ""));

    assertThat(problems).extracting(Problem::code).containsOnly(ProblemCode.FORBIDDEN);
    assertThat(problems)
        .extracting(Problem::message)
        .containsExactly(
            "Cannot check connection 'thief': secret 'BACKLOT_SECRET_A', which its"
                + " 'config.password' names, is used by 'finance' and 'production', which are not"
                + " teams of yours. Name another secret, or ask one of those teams, or an admin.",
            "Cannot check connection 'thief': secret 'edge', which its 'config.tls.key' names, is"
                + " used by 'casting', which is not a team of yours. Name another secret, or ask"
                + " that team, or an admin.");
    assertThat(problems)
        .extracting(Problem::place)
        .containsExactly(
            new Place("c.yaml", 3, 1, "config.password"),
            new Place("c.yaml", 3, 1, "config.tls.key"));
  }

  /** Whoever's documents there are: what somebody else's names and no own one does is refused. */
  @Test
  void theRuleHoldsWhateverStands() {
    List<String> teams = List.of("a", "b", "c", "");
    List<SecretReference> secrets =
        List.of(A, new FromEnvironment("BACKLOT_SECRET_B"), new FromFile("x"), new FromFile("y"));
    for (long seed = 0; seed < 300; seed++) {
      Random random = new Random(seed);
      List<StoredDocument> documents = new ArrayList<>();
      for (int i = random.nextInt(6); i > 0; i--) {
        documents.add(document(teams.get(random.nextInt(4)), secrets.get(random.nextInt(4))));
      }
      Caller caller = caller(teams.get(random.nextInt(3)), teams.get(random.nextInt(3)));
      for (SecretReference secret : secrets) {
        List<String> owners =
            documents.stream()
                .map(document -> Json.readTree(document.json()))
                .filter(json -> NamedSecret.in(json).get(0).reference().equals(secret))
                .map(json -> json.path("owner").asText())
                .toList();
        boolean free = owners.isEmpty();
        boolean own = owners.stream().anyMatch(caller.teams()::contains);

        SecretUsers users = SecretUsers.of(documents, List.of());

        assertThat(may(users, caller, secret)).as("seed %d", seed).isEqualTo(free || own);
        assertThat(refusals(users, caller, secret).isEmpty()).isEqualTo(free || own);
        assertThat(may(users, admin(), secret)).isTrue();
      }
    }
  }

  private static SecretReference edge() {
    return new FromFile("edge");
  }

  private static SecretUsers users(StoredDocument... documents) {
    return SecretUsers.of(List.of(documents), List.of());
  }

  private static boolean may(SecretUsers users, Caller caller, SecretReference reference) {
    return users.mayUse(caller, new NamedSecret(reference, ""));
  }

  private static List<Problem> refusals(
      SecretUsers users, Caller caller, SecretReference reference) {
    return users.refusals(
        caller,
        "apply",
        SpecKind.CONNECTION,
        "c",
        Json.readTree(document("", reference).json()),
        Place.NOWHERE);
  }

  private static StoredDocument document(String owner, SecretReference reference) {
    Map<String, String> secret =
        reference instanceof FromEnvironment variable
            ? Map.of("env", variable.variable())
            : Map.of("file", ((FromFile) reference).name());
    String json =
        Json.write(
            owner.isEmpty()
                ? Map.of("config", Map.of("password", secret))
                : Map.of("owner", owner, "config", Map.of("password", secret)));
    return stored(SpecKind.CONNECTION, json);
  }

  private static StoredDocument stored(SpecKind kind, String json) {
    return new StoredDocument(kind, "d", 1, json, false, false, Instant.EPOCH, Instant.EPOCH);
  }

  private static Caller caller(String... teams) {
    return new Caller(
        "ada",
        Caller.Kind.PERSON,
        "",
        Set.of(Role.OWNER),
        new HashSet<>(List.of(teams)),
        Set.of(Caller.ALL),
        "");
  }

  private static Caller admin() {
    return new Caller("root", Caller.Kind.PERSON, "", Set.of(Role.ADMIN), Set.of(), Set.of(), "");
  }
}
