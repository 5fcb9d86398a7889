package dev.backlot.controller;

import dev.backlot.controller.TestPlatform.Answer;
import dev.backlot.controller.web.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Somebody before a browser: keeps cookies, and sends what a page sends. */
final class Person {
  private final HttpClient client = HttpClient.newHttpClient();
  private final Map<String, String> cookies = new LinkedHashMap<>();
  private final String url;
  private String csrf = "";
  private List<String> lastSetCookies = List.of();
  private Map<String, List<String>> lastHeaders = Map.of();

  Person(TestPlatform platform) {
    this.url = "http://localhost:" + platform.controller.port();
  }

  Answer signIn(String name, String password) {
    return remember(call("POST", "/api/v1/session", Map.of("name", name, "password", password)));
  }

  Answer signInWith(String code) {
    return remember(call("POST", "/api/v1/session", Map.of("code", code)));
  }

  Answer get(String path) {
    return call("GET", path, null);
  }

  Answer post(String path, Object body) {
    return call("POST", path, body);
  }

  Answer call(String method, String path, @Nullable Object body, String... headers) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(url + path))
            .header("Content-Type", "application/json")
            .method(
                method,
                body == null
                    ? HttpRequest.BodyPublishers.noBody()
                    : HttpRequest.BodyPublishers.ofString(Json.write(body)));
    if (headers.length > 0) {
      request.headers(headers);
    } else {
      request.header("X-Backlot-Csrf", csrf);
    }
    if (!cookies.isEmpty()) {
      StringBuilder all = new StringBuilder();
      cookies.forEach(
          (name, value) ->
              all.append(all.isEmpty() ? "" : "; ").append(name).append('=').append(value));
      request.header("Cookie", all.toString());
    }
    try {
      HttpResponse<String> response =
          client.send(request.build(), HttpResponse.BodyHandlers.ofString());
      lastHeaders = response.headers().map();
      lastSetCookies = response.headers().allValues("Set-Cookie");
      for (String cookie : lastSetCookies) {
        String pair = cookie.substring(0, cookie.indexOf(';'));
        String name = pair.substring(0, pair.indexOf('='));
        if (cookie.contains("Max-Age=0")) {
          cookies.remove(name);
        } else {
          cookies.put(name, pair.substring(name.length() + 1));
        }
      }
      boolean json = response.headers().firstValue("Content-Type").orElse("").contains("json");
      return new Answer(response.statusCode(), json ? Json.readMap(response.body()) : Map.of());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private Answer remember(Answer answer) {
    csrf = String.valueOf(answer.body().getOrDefault("csrf", csrf));
    return answer;
  }

  /** Returns the cookies as the browser holds them. */
  Map<String, String> cookies() {
    return cookies;
  }

  List<String> lastSetCookies() {
    return lastSetCookies;
  }

  String lastHeader(String name) {
    return lastHeaders.getOrDefault(name.toLowerCase(java.util.Locale.ROOT), List.of("")).get(0);
  }

  String csrf() {
    return csrf;
  }
}
