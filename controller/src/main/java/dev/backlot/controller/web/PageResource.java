package dev.backlot.controller.web;

import dev.backlot.model.platform.PlatformConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.springframework.http.CacheControl;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** The page at {@code /} and at its own routes, which are its business. */
@RestController
final class PageResource {
  /** First parts of the page's routes; names in what follows may contain dots. */
  private static final String AREAS =
      "access|audits|connections|data|endpoints|incidents|jobs|lineage|model|pipelines|query"
          + "|settings|sign-in|sources|sql|tables|trackers";

  private static final String NO_PAGE =
      "<!doctype html><title>Backlot</title><p>The page is not built. The API is at"
          + " <a href=\"/api/v1/status\">/api/v1/status</a>.";

  private final Path index;

  PageResource(PlatformConfig config) {
    this.index = config.uiDir().resolve("index.html");
  }

  @GetMapping({"/", "/{area:" + AREAS + "}", "/{area:" + AREAS + "}/**"})
  ResponseEntity<byte[]> page() throws IOException {
    byte[] body =
        Files.exists(index)
            ? Files.readAllBytes(index)
            : NO_PAGE.getBytes(java.nio.charset.StandardCharsets.UTF_8);
    return ResponseEntity.ok()
        .contentType(new MediaType(MediaType.TEXT_HTML, java.nio.charset.StandardCharsets.UTF_8))
        .cacheControl(CacheControl.noCache())
        .body(body);
  }
}
