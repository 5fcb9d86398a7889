package dev.backlot.controller;

import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A real Keycloak as a child process, with one realm, one client and one person. Fetched by Maven
 * at the first use and unpacked into {@code ~/.cache/backlot}.
 */
final class KeycloakServer implements AutoCloseable {
  private static final String VERSION = "26.7.3";
  private static final Duration START_LIMIT = Duration.ofMinutes(4);
  private static final Pattern FORM = Pattern.compile("action=\"([^\"]+)\"");
  private static final String REALM =
      """
      {"realm": "studio", "enabled": true, "sslRequired": "none",
       "clients": [{
         "clientId": "%s", "enabled": true, "publicClient": false, "secret": "%s",
         "standardFlowEnabled": true, "redirectUris": ["http://localhost:*"],
         "attributes": {"pkce.code.challenge.method": "S256"},
         "protocolMappers": [
           {"name": "roles", "protocol": "openid-connect",
            "protocolMapper": "oidc-usermodel-realm-role-mapper",
            "config": {"claim.name": "roles", "multivalued": "true",
                       "id.token.claim": "true", "jsonType.label": "String"}},
           {"name": "groups", "protocol": "openid-connect",
            "protocolMapper": "oidc-group-membership-mapper",
            "config": {"claim.name": "groups", "full.path": "false",
                       "id.token.claim": "true"}}]}],
       "roles": {"realm": [{"name": "editors"}]},
       "groups": [{"name": "post"}],
       "users": [{
         "username": "ada", "enabled": true, "email": "ada@example.org", "emailVerified": true,
         "firstName": "Ada", "lastName": "Lovelace",
         "credentials": [{"type": "password", "value": "%s", "temporary": false}],
         "realmRoles": ["editors"], "groups": ["post"]}]}
      """;

  private final Path directory;
  private final Process process;
  private final int port;

  private KeycloakServer(Path directory, Process process, int port) {
    this.directory = directory;
    this.process = process;
    this.port = port;
  }

  /** Starts a server and returns when it answers. */
  static KeycloakServer start(String client, String secret, String password) throws IOException {
    Path directory = copy(parts());
    int port;
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = socket.getLocalPort();
    }
    Files.createDirectories(directory.resolve("data/import"));
    Files.writeString(
        directory.resolve("data/import/studio.json"), REALM.formatted(client, secret, password));
    ProcessBuilder builder =
        new ProcessBuilder(
                "bash",
                directory.resolve("bin/kc.sh").toString(),
                "start-dev",
                "--import-realm",
                "--cache=local",
                "--http-host=127.0.0.1",
                "--http-port=" + port)
            .redirectErrorStream(true)
            .redirectOutput(directory.resolve("keycloak.log").toFile());
    builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
    builder.environment().put("JAVA_OPTS_APPEND", "-XX:TieredStopAtLevel=1");
    builder.environment().put("JAVA_OPTS_KC_HEAP", "-Xmx512m");
    KeycloakServer server = new KeycloakServer(directory, builder.start(), port);
    server.awaitReady();
    return server;
  }

  String issuer() {
    return "http://localhost:" + port + "/realms/studio";
  }

  /**
   * Does what a person does on Keycloak's page.
   *
   * @param address where the platform sent the browser
   * @return where Keycloak sends the browser back to
   */
  String signIn(String address, String name, String password) throws Exception {
    HttpClient client = HttpClient.newHttpClient();
    HttpResponse<String> page =
        client.send(
            HttpRequest.newBuilder(URI.create(address)).build(),
            HttpResponse.BodyHandlers.ofString());
    Map<String, String> cookies = new LinkedHashMap<>();
    for (String cookie : page.headers().allValues("Set-Cookie")) {
      String pair = cookie.substring(0, cookie.indexOf(';'));
      int equals = pair.indexOf('=');
      cookies.put(pair.substring(0, equals), pair.substring(equals + 1));
    }
    Matcher form = FORM.matcher(page.body());
    if (!form.find()) {
      throw new AssertionError("Keycloak shows no form: " + page.body());
    }
    String body =
        "username="
            + URLEncoder.encode(name, StandardCharsets.UTF_8)
            + "&password="
            + URLEncoder.encode(password, StandardCharsets.UTF_8);
    StringBuilder all = new StringBuilder();
    cookies.forEach(
        (key, value) ->
            all.append(all.isEmpty() ? "" : "; ").append(key).append('=').append(value));
    HttpResponse<String> answer =
        client.send(
            HttpRequest.newBuilder(URI.create(form.group(1).replace("&amp;", "&")))
                .header("Content-Type", "application/x-www-form-urlencoded")
                .header("Cookie", all.toString())
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build(),
            HttpResponse.BodyHandlers.ofString());
    return answer
        .headers()
        .firstValue("Location")
        .orElseThrow(() -> new AssertionError("Keycloak refused: " + answer.statusCode()));
  }

  private void awaitReady() throws IOException {
    long deadline = System.nanoTime() + START_LIMIT.toNanos();
    while (!answers()) {
      if (!process.isAlive() || System.nanoTime() > deadline) {
        String said = Files.readString(directory.resolve("keycloak.log"));
        close();
        throw new AssertionError("Keycloak does not start:\n" + said);
      }
      try {
        TimeUnit.MILLISECONDS.sleep(200);
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }
  }

  private boolean answers() {
    try {
      HttpURLConnection connection =
          (HttpURLConnection)
              URI.create(issuer() + "/.well-known/openid-configuration").toURL().openConnection();
      connection.setConnectTimeout(2000);
      connection.setReadTimeout(5000);
      return connection.getResponseCode() == 200;
    } catch (IOException e) {
      return false;
    }
  }

  private static Path parts() throws IOException {
    Path cache = Path.of(System.getProperty("user.home"), ".cache", "backlot");
    Path keycloak = cache.resolve("keycloak-" + VERSION);
    if (Files.isDirectory(keycloak)) {
      return keycloak;
    }
    Files.createDirectories(cache);
    Path unpacked = Files.createTempDirectory(cache, "unpack-");
    try {
      MavenArtifact.unpack("org.keycloak:keycloak-quarkus-dist:" + VERSION + ":zip", unpacked);
      Files.move(unpacked.resolve("keycloak-" + VERSION), keycloak);
    } catch (java.nio.file.FileSystemException e) {
      // Another test run on this machine may have been faster.
      if (!Files.isDirectory(keycloak)) {
        throw e;
      }
    }
    return keycloak;
  }

  /** It writes into its own directory when it starts. */
  private static Path copy(Path from) throws IOException {
    Path to = Files.createTempDirectory("backlot-keycloak-");
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : files.toList()) {
        Path target = to.resolve(from.relativize(file).toString());
        if (Files.isDirectory(file)) {
          Files.createDirectories(target);
        } else {
          Files.copy(file, target);
        }
      }
    }
    return to;
  }

  @Override
  public void close() throws IOException {
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly();
    try {
      process.waitFor();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    }
  }
}
