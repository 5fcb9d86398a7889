package dev.backlot.controller.web;

import dev.backlot.model.platform.PlatformConfig;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Base64;
import org.springframework.http.CacheControl;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** The page at {@code /} and at its own routes, which are its business. */
@RestController
public final class PageResource {
  /** First parts of the page's routes; names in what follows may contain dots. */
  private static final String AREAS =
      "access|audits|connections|data|endpoints|impact|incidents|jobs|lineage|model|pipelines"
          + "|query|settings|sign-in|sources|sql|tables|trackers";

  /**
   * What the page may do: run and show its own files, ask this server. Editors make their style
   * sheets while they run; these carry the answer's nonce.
   */
  private static final String POLICY =
      "default-src 'none'; script-src 'self'; style-src 'self' 'nonce-NONCE'; img-src 'self' data:;"
          + " font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none';"
          + " frame-ancestors 'none'; require-trusted-types-for 'script'";

  private static final String NONCE_IN_PAGE = "__NONCE__";
  private static final SecureRandom RANDOM = new SecureRandom();

  private static final String NO_PAGE =
      "<!doctype html><title>Backlot</title><p>The page is not built. The API is at"
          + " <a href=\"/api/v1/status\">/api/v1/status</a>.";

  private final Path index;

  PageResource(PlatformConfig config) {
    this.index = config.uiDir().resolve("index.html");
  }

  @GetMapping({"/", "/{area:" + AREAS + "}", "/{area:" + AREAS + "}/**"})
  ResponseEntity<String> page(HttpServletResponse response) throws IOException {
    return page(200, response);
  }

  /** Answers with the page, which says by itself when it has nothing at an address. */
  ResponseEntity<String> page(int status, HttpServletResponse response) throws IOException {
    String nonce = nonce();
    String page = Files.exists(index) ? Files.readString(index) : NO_PAGE;
    // not a header of the entity: those are added to the ones that are there
    response.setHeader("Content-Security-Policy", POLICY.replace("NONCE", nonce));
    return ResponseEntity.status(status)
        .contentType(new MediaType(MediaType.TEXT_HTML, StandardCharsets.UTF_8))
        .cacheControl(CacheControl.noStore())
        .body(page.replace(NONCE_IN_PAGE, nonce));
  }

  private static String nonce() {
    byte[] bytes = new byte[16];
    RANDOM.nextBytes(bytes);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }
}
