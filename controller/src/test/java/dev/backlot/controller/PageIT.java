package dev.backlot.controller;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PageIT {
  private static TestPlatform platform;

  @BeforeAll
  static void start() throws IOException {
    platform = new TestPlatform();
    Files.createDirectories(platform.config.uiDir());
    Files.writeString(
        platform.config.uiDir().resolve("index.html"), "<meta content=\"__NONCE__\"><p>the page");
  }

  @AfterAll
  static void stop() {
    platform.close();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/",
        "/sources/studio.public.movie",
        "/sources/studio.public.%22Mixed.Case%22",
        "/pipelines/movie_report/edit",
        "/pipelines/x/revisions/3",
        "/lineage?field=a.b",
        "/impact?change=a.b%20drop%20c"
      })
  void the_page_answers_at_each_of_its_own_addresses(String path) throws Exception {
    assertThat(get(path).body()).contains("the page");
  }

  @Test
  void who_looks_for_a_page_that_is_not_there_gets_one_that_says_so() throws Exception {
    HttpResponse<String> browser = get("/catalog", "text/html,*/*;q=0.8");
    assertThat(browser.statusCode()).isEqualTo(404);
    assertThat(browser.body()).contains("the page");
    assertThat(get("/catalog", "*/*").body()).contains("NOT_FOUND");
    assertThat(get("/api/v1/nothing", "text/html").body()).contains("UNAUTHENTICATED");
    assertThat(get("/assets/gone.js", "*/*").statusCode()).isEqualTo(404);
  }

  @Test
  void styles_need_a_nonce_that_no_other_page_has() throws Exception {
    HttpResponse<String> one = get("/");
    HttpResponse<String> other = get("/");

    String policy = one.headers().allValues("Content-Security-Policy").get(0);
    String nonce = one.body().replaceAll("(?s).*content=\"([^\"]+)\".*", "$1");
    assertThat(nonce).hasSizeGreaterThan(20);
    assertThat(policy)
        .contains("script-src 'self';", "style-src 'self' 'nonce-" + nonce + "'")
        .doesNotContain("unsafe");
    assertThat(one.headers().allValues("Content-Security-Policy")).hasSize(1);
    assertThat(other.body()).doesNotContain(nonce);
  }

  @Test
  void what_is_no_page_may_do_nothing() throws Exception {
    assertThat(get("/api/v1/health").headers().firstValue("Content-Security-Policy"))
        .contains("default-src 'none'; frame-ancestors 'none'");
  }

  private static HttpResponse<String> get(String path) throws IOException, InterruptedException {
    return get(path, "*/*");
  }

  private static HttpResponse<String> get(String path, String accept)
      throws IOException, InterruptedException {
    return HttpClient.newHttpClient()
        .send(
            HttpRequest.newBuilder(
                    URI.create("http://localhost:" + platform.controller.port() + path))
                .header("Accept", accept)
                .build(),
            HttpResponse.BodyHandlers.ofString());
  }
}
