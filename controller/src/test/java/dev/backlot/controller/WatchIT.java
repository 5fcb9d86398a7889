package dev.backlot.controller;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class WatchIT {
  private static final String CONNECTIONS = "/api/v1/connections?proof=false";
  private static TestPlatform platform;

  @BeforeAll
  static void start() throws IOException {
    platform = new TestPlatform();
  }

  @AfterAll
  static void stop() {
    platform.close();
  }

  @Test
  void an_answer_is_told_at_once_and_again_when_it_is_another_one() throws Exception {
    List<String> told = new CopyOnWriteArrayList<>();
    Thread listener = listen(told, CONNECTIONS, "/api/v1/pipelines/none");

    await().atMost(Duration.ofSeconds(60)).until(() -> told.size() == 2);
    assertThat(told)
        .anyMatch(data -> data.contains("\"status\":200,\"body\":{\"items\":[]}"))
        .anyMatch(data -> data.contains("\"status\":404") && data.contains("NOT_FOUND"));

    platform.apply(
        """
        apiVersion: backlot/v1
        kind: Connection
        name: watched
        owner: production
        type: postgresql
        config: {host: localhost, database: studio, user: u, password: {env: BACKLOT_SECRET_X}}
        tables: {include: [public.movie]}
        """);

    await()
        .atMost(Duration.ofSeconds(60))
        .until(() -> told.stream().anyMatch(data -> data.contains("\"name\":\"watched\"")));
    listener.interrupt();
  }

  @Test
  void only_what_can_be_read_here_is_watched() {
    for (String path :
        List.of(
            "@example.com/api/v1/x",
            "//example.com/api/v1/x",
            ":9/api/v1/x",
            "/metrics",
            "/api/v1/../../metrics",
            "/api/v1/watch?of=%2Fapi%2Fv1%2Fhealth",
            "/api/v1/a b")) {
      assertThat(platform.get("/api/v1/watch?of=" + encoded(path)).status()).isEqualTo(400);
    }
  }

  private static Thread listen(List<String> told, String... paths) throws Exception {
    StringBuilder query = new StringBuilder();
    for (String path : paths) {
      query.append(query.isEmpty() ? "" : "&").append("of=").append(encoded(path));
    }
    HttpRequest request = platform.request("/api/v1/watch?" + query).build();
    HttpResponse<java.io.InputStream> response =
        HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofInputStream());
    Thread listener =
        new Thread(
            () ->
                new BufferedReader(new InputStreamReader(response.body(), StandardCharsets.UTF_8))
                    .lines()
                    .filter(line -> line.startsWith("data:"))
                    .forEach(told::add));
    listener.setDaemon(true);
    listener.start();
    return listener;
  }

  private static String encoded(String path) {
    return URLEncoder.encode(path, StandardCharsets.UTF_8);
  }
}
