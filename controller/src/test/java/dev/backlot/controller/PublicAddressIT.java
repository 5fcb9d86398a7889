package dev.backlot.controller;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backlot.model.platform.PlatformConfig.SignIn;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A platform behind a proxy that ends TLS. */
class PublicAddressIT {
  private static TestPlatform platform;

  @BeforeAll
  static void start() throws IOException {
    SignIn usual = SignIn.DEFAULT;
    platform =
        new TestPlatform(
            new SignIn(
                "127.0.0.1",
                "https://data.example",
                usual.idleSeconds(),
                usual.longestSeconds(),
                usual.logSeconds(),
                Optional.empty()));
  }

  @AfterAll
  static void stop() {
    platform.close();
  }

  private static String ask(String method, String path, String headers, String body)
      throws IOException {
    try (Socket socket = new Socket("127.0.0.1", platform.controller.port())) {
      String request =
          method
              + " "
              + path
              + " HTTP/1.1\r\nContent-Type: application/json\r\nContent-Length: "
              + body.length()
              + "\r\nConnection: close\r\n"
              + headers
              + "\r\n"
              + body;
      socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
      return new BufferedReader(
              new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8))
          .lines()
          .collect(Collectors.joining("\n"));
    }
  }

  @Test
  void the_cookie_travels_over_tls_only_and_the_log_has_the_clients_address() throws Exception {
    String url =
        String.valueOf(platform.post("/api/v1/users/admin/sign-in-link", Map.of()).at("url"));
    assertThat(url).startsWith("https://data.example/sign-in#code=");
    String code = url.substring(url.indexOf('=') + 1);

    String answer =
        ask(
            "POST",
            "/api/v1/session",
            "Host: data.example\r\nOrigin: https://data.example\r\n"
                + "X-Forwarded-For: 6.6.6.6, 203.0.113.9\r\n",
            "{\"code\":\"" + code + "\"}");

    assertThat(answer).contains("200", "Set-Cookie: __Host-backlot_", "Secure", "HttpOnly");
    assertThat(platform.get("/api/v1/access-log?action=sign%20in").at("items", 0, "address"))
        .isEqualTo("203.0.113.9");
  }

  @Test
  void other_hosts_and_origins_stay_outside() throws Exception {
    assertThat(ask("GET", "/api/v1/health", "Host: evil.example\r\n", "")).contains(" 403 ");
    assertThat(ask("GET", "/api/v1/health", "Host: data.example\r\n", "")).contains(" 200 ");
    assertThat(
            ask(
                "GET",
                "/api/v1/health",
                "Host: data.example\r\nOrigin: http://data.example\r\n",
                ""))
        .contains(" 403 ");
  }
}
