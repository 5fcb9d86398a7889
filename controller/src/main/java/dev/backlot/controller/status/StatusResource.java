package dev.backlot.controller.status;

import dev.backlot.controller.dataplane.DataPlane;
import dev.backlot.controller.pipeline.Reconciler;
import dev.backlot.controller.web.OpenApi;
import dev.backlot.metadata.MetadataDatabase;
import java.util.LinkedHashMap;
import java.util.Map;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** Health, the state of the whole platform in short, and the API's own description. */
@RestController
public final class StatusResource {
  private final MetadataDatabase metadata;
  private final DataPlane dataPlane;
  private final Reconciler reconciler;
  private final PlatformStatus status;

  /** Says how these parts are. */
  public StatusResource(
      MetadataDatabase metadata,
      DataPlane dataPlane,
      Reconciler reconciler,
      PlatformStatus status) {
    this.metadata = metadata;
    this.dataPlane = dataPlane;
    this.reconciler = reconciler;
    this.status = status;
  }

  /** 200 only when commands are accepted. */
  @GetMapping("/api/v1/health")
  ResponseEntity<Map<String, Object>> health() {
    boolean database = isDatabaseUp();
    boolean plane = dataPlane.isHealthy();
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("status", database && plane ? "up" : "down");
    body.put("metadata", database ? "up" : "down");
    body.put("data_plane", plane ? "up" : "down");
    body.put("leader", reconciler.isLeading());
    return ResponseEntity.status(database && plane ? 200 : 503).body(body);
  }

  private boolean isDatabaseUp() {
    try {
      return metadata
              .jdbi()
              .withHandle(handle -> handle.select("SELECT 1").mapTo(Integer.class).one())
          == 1;
    } catch (RuntimeException e) {
      return false;
    }
  }

  @GetMapping("/api/v1/status")
  Map<String, Object> status() {
    return status.snapshot();
  }

  @GetMapping(value = "/api/v1/openapi.json", produces = MediaType.APPLICATION_JSON_VALUE)
  byte[] openApi() {
    return OpenApi.json();
  }
}
