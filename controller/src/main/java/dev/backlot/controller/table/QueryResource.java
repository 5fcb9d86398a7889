package dev.backlot.controller.table;

import dev.backlot.model.ProblemCode;
import dev.backlot.model.ProblemException;
import dev.backlot.model.platform.PlatformConfig;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;

/** Queries over tables and views. */
@RestController
public final class QueryResource {
  /** Queries these tables. */
  public QueryResource(Lake lake, PlatformConfig config) {}

  /** A query; format is document, rows or csv. */
  record Request(@Nullable String sql, @Nullable String format) {}

  @PostMapping("/api/v1/query")
  Object query(@RequestBody Request request) {
    throw new ProblemException(ProblemCode.NOT_ALLOWED_NOW, "Cannot query: not yet. Wait.");
  }
}
