package dev.backlot.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.backlot.model.Problem;
import dev.backlot.model.ProblemException;
import dev.backlot.model.platform.PlatformConfig;
import dev.backlot.model.spec.SecretReference;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SettingsFileTest {
  @TempDir Path directory;

  @Test
  void everythingMayBeExternal() throws IOException {
    Settings settings =
        SettingsFile.read(
            file(
                """
                data_dir: /var/lib/backlot
                ports: {api: 80, engine: 9001}
                metadata:
                  url: jdbc:postgresql://db/backlot
                  user: backlot
                  password: {env: BACKLOT_SECRET_METADATA}
                kafka:
                  bootstrap_servers: a:9092,b:9092
                  properties: {security.protocol: SSL}
                flink: {rest_url: "http://flink:8081"}
                warehouse: {uri: "s3://lake/warehouse"}
                memory: {data_plane: 2g}
                """));

    assertThat(settings.dataDir()).contains("/var/lib/backlot");
    assertThat(settings.ports().byService()).isEqualTo(Map.of("api", 80, "engine", 9001));
    assertThat(settings.metadata().orElseThrow().password())
        .isEqualTo(new SecretReference.FromEnvironment("BACKLOT_SECRET_METADATA"));
    assertThat(settings.kafka().orElseThrow().replicationFactor()).isEqualTo((short) 3);
    assertThat(settings.kafka().orElseThrow().properties())
        .isEqualTo(Map.of("security.protocol", "SSL"));
    assertThat(settings.flinkRestUrl()).contains("http://flink:8081");
    assertThat(settings.warehouseUri()).contains("s3://lake/warehouse");
    assertThat(settings.memory().dataPlane()).isEqualTo("2g");
    assertThat(settings.memory().controller()).isEqualTo(Settings.defaults().memory().controller());
  }

  @Test
  void anyIcebergCatalogMayHoldTheTables() throws IOException {
    Settings settings =
        SettingsFile.read(
            file(
                """
                lake:
                  type: rest
                  uri: https://catalog/iceberg
                  warehouse: studio
                  credential: {env: BACKLOT_SECRET_CATALOG}
                  io_impl: org.apache.iceberg.aws.s3.S3FileIO
                  properties:
                    oauth2-server-uri: https://login/token
                    s3.secret-access-key: {file: s3}
                """));

    Settings.Lake lake = settings.lake().orElseThrow();
    assertThat(lake.properties())
        .isEqualTo(
            Map.of(
                "type", "rest",
                "uri", "https://catalog/iceberg",
                "warehouse", "studio",
                "io-impl", "org.apache.iceberg.aws.s3.S3FileIO",
                "oauth2-server-uri", "https://login/token"));
    assertThat(lake.secrets())
        .isEqualTo(
            Map.of(
                "credential",
                new SecretReference.FromEnvironment("BACKLOT_SECRET_CATALOG"),
                "s3.secret-access-key",
                new SecretReference.FromFile("s3")));
    assertThat(settings.secrets()).containsExactlyInAnyOrderElementsOf(lake.secrets().values());
  }

  @Test
  void aCatalogIsNamedFullyAndItsSecretsNeverStandInTheFile() throws IOException {
    Path file =
        file(
            """
            lake:
              type: rst
              uri: http://catalog
              token: geheim
              colour: blue
              properties: {s3.secret-access-key: geheim}
            """);
    Path incomplete = file("lake: {type: jdbc, user: backlot}", "incomplete.yaml");

    assertThatThrownBy(() -> SettingsFile.read(file))
        .isInstanceOfSatisfying(
            ProblemException.class,
            e ->
                assertThat(e.problems())
                    .extracting(problem -> problem.place().path())
                    .containsExactlyInAnyOrder(
                        "lake.type",
                        "lake.token",
                        "lake.colour",
                        "lake.properties.s3.secret-access-key"));
    assertThatThrownBy(() -> SettingsFile.read(incomplete)).hasMessageContaining("lake.uri");
  }

  @Test
  void whoMayReachThePlatformAndHowTheySignInIsRead() throws IOException {
    Settings settings =
        SettingsFile.read(
            file(
                """
                api: {listen: 0.0.0.0, public_url: https://data.example/}
                sign_in:
                  idle: 1h
                  longest: 1d
                  oidc:
                    issuer: https://login.example/realms/studio
                    client_id: backlot
                    client_secret: {env: BACKLOT_SECRET_OIDC}
                    roles: {claim: groups, words: {admins: admin}, default: []}
                    teams: {claim: groups}
                access_log: {keep: 30d}
                """));

    PlatformConfig.SignIn config = settings.signIn().config();
    assertThat(config.listen()).isEqualTo("0.0.0.0");
    assertThat(config.publicUrl()).isEqualTo("https://data.example");
    assertThat(config.secure()).isTrue();
    assertThat(config.idleSeconds()).isEqualTo(3600);
    assertThat(config.logSeconds()).isEqualTo(30 * 86_400);
    PlatformConfig.Oidc oidc = config.oidc().orElseThrow();
    assertThat(oidc.roles().words()).containsExactly(Map.entry("admins", "admin"));
    assertThat(oidc.defaultRoles()).isEmpty();
    assertThat(oidc.scopes()).contains("openid");
    assertThat(oidc.clientSecret()).isEmpty();
    assertThat(settings.signIn().clientSecret())
        .contains(new SecretReference.FromEnvironment("BACKLOT_SECRET_OIDC"));
    assertThat(settings.secrets())
        .containsExactly(new SecretReference.FromEnvironment("BACKLOT_SECRET_OIDC"));
  }

  @Test
  void nobodyIsLetInWithoutTlsOrWithASecretInTheFile() throws IOException {
    Path file =
        file(
            """
            api: {listen: 0.0.0.0, public_url: http://data.example}
            sign_in:
              idle: soon
              oidc:
                issuer: http://login.example
                client_id: backlot
                client_secret: geheim
                roles: {claim: groups, words: {admins: king}}
                colour: blue
            access_log: {keep: 0d}
            """);

    assertThatThrownBy(() -> SettingsFile.read(file))
        .isInstanceOfSatisfying(
            ProblemException.class,
            e ->
                assertThat(e.problems())
                    .extracting(problem -> problem.place().path())
                    .containsExactlyInAnyOrder(
                        "api.public_url",
                        "api.listen",
                        "sign_in.idle",
                        "sign_in.oidc.issuer",
                        "sign_in.oidc.client_secret",
                        "sign_in.oidc.roles.words",
                        "sign_in.oidc.colour",
                        "access_log.keep"));
  }

  @Test
  void anEmptyFileChangesNothing() throws IOException {
    assertThat(SettingsFile.read(file(""))).isEqualTo(Settings.defaults());
  }

  @Test
  void allThatIsWrongIsReportedAtOnce() throws IOException {
    Path file =
        file(
            """
            prots: {api: 80}
            ports: {api: eighty, metdata: 5432}
            metadata: {url: "mysql://db", user: backlot, password: geheim}
            kafka: {replication_factor: 3}
            memory: {data_plane: much}
            """);

    assertThatThrownBy(() -> SettingsFile.read(file))
        .isInstanceOfSatisfying(
            ProblemException.class,
            e ->
                assertThat(e.problems())
                    .extracting(problem -> problem.place().path())
                    .containsExactlyInAnyOrder(
                        "prots",
                        "ports.api",
                        "ports.metdata",
                        "metadata.url",
                        "metadata.password",
                        "kafka.bootstrap_servers",
                        "memory.data_plane"));
  }

  @Test
  void brokenYamlIsReportedWithItsPlace() throws IOException {
    Path file = file("ports:\n  api: [80\n");

    assertThatThrownBy(() -> SettingsFile.read(file))
        .isInstanceOfSatisfying(
            ProblemException.class,
            e -> {
              List<Problem> problems = e.problems();
              assertThat(problems).hasSize(1);
              assertThat(problems.get(0).place().line()).isPositive();
            });
  }

  private Path file(String content) throws IOException {
    return file(content, "backlot.yaml");
  }

  private Path file(String content, String name) throws IOException {
    return Files.writeString(directory.resolve(name), content);
  }
}
