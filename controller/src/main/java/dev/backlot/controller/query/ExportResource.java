package dev.backlot.controller.query;

import dev.backlot.controller.access.AccessLog;
import dev.backlot.controller.access.Caller;
import dev.backlot.controller.mask.Masks;
import dev.backlot.controller.table.Lake;
import dev.backlot.model.ProblemCode;
import dev.backlot.model.ProblemException;
import dev.backlot.warehouse.query.CsvCells;
import dev.backlot.warehouse.query.QueryLimits;
import dev.backlot.warehouse.query.QueryResult;
import dev.backlot.warehouse.query.RowShape;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.OutputStream;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;

/**
 * Results as files. A browser asks for an export and then downloads it once, from an address that
 * it can open as it opens any file; rows go to the client as they come.
 */
@RestController
public final class ExportResource {
  private static final Duration LIFE = Duration.ofMinutes(2);
  private static final int MOST_WAITING = 1_000;
  private static final int LONGEST_NAME = 80;

  private final Lake lake;
  private final AccessLog log;
  private final Masks masks;
  private final SecureRandom random = new SecureRandom();
  private final Map<String, Export> waiting = new ConcurrentHashMap<>();

  /** Exports from these tables. */
  public ExportResource(Lake lake, AccessLog log, Masks masks) {
    this.lake = lake;
    this.log = log;
    this.masks = masks;
  }

  /**
   * A result to be written into a file.
   *
   * @param format {@code csv} or {@code json}
   * @param name of the file, without its extension
   */
  record Request(@Nullable String sql, @Nullable String format, @Nullable String name) {}

  private record Export(String account, String sql, boolean csv, String file, Instant until) {}

  @PostMapping("/api/v1/query/exports")
  Map<String, Object> prepare(@RequestBody Request request, Caller caller) {
    String format = request.format() == null ? "csv" : request.format();
    if (!format.equals("csv") && !format.equals("json")) {
      throw new ProblemException(
          ProblemCode.USAGE,
          "Cannot export query: format '" + format + "' is unknown. Use csv or json.");
    }
    Instant now = Instant.now();
    waiting.values().removeIf(export -> export.until().isBefore(now));
    if (waiting.size() >= MOST_WAITING) {
      throw new ProblemException(
          ProblemCode.NOT_ALLOWED_NOW,
          "Cannot export query: too many exports wait to be downloaded. Try again in a minute.");
    }
    byte[] bytes = new byte[16];
    random.nextBytes(bytes);
    String id = HexFormat.of().formatHex(bytes);
    String file = fileName(request.name() == null ? "" : request.name()) + "." + format;
    String sql = request.sql() == null ? "" : request.sql();
    waiting.put(id, new Export(caller.name(), sql, format.equals("csv"), file, now.plus(LIFE)));
    return Map.of("id", id, "file", file, "until", now.plus(LIFE));
  }

  /** Keeps letters, digits, dots inside, dashes and underscores of a name, and no path. */
  static String fileName(String name) {
    String plain =
        name.toLowerCase(Locale.ROOT)
            .replaceAll("[^a-z0-9._-]+", "-")
            .replaceAll("\\.{2,}", ".")
            .replaceAll("^[-._]+|[-._]+$", "");
    String cut = plain.length() > LONGEST_NAME ? plain.substring(0, LONGEST_NAME) : plain;
    return cut.isEmpty() ? "query" : cut;
  }

  /** Gives the file, once. */
  @GetMapping("/api/v1/query/exports/{id}")
  void download(@PathVariable String id, Caller caller, HttpServletResponse response)
      throws IOException {
    Export export = waiting.get(id);
    if (export == null
        || !export.account().equals(caller.name())
        || export.until().isBefore(Instant.now())
        || !waiting.remove(id, export)) {
      throw new ProblemException(
          ProblemCode.NOT_FOUND,
          "Cannot download export '"
              + id.replaceAll("[^0-9a-f]", "?")
              + "': it was downloaded already, or is too old. Export the query again.");
    }
    log.record(
        caller,
        "export",
        new AccessLog.Subject("query", "", ""),
        Map.of("sql", export.sql(), "format", export.csv() ? "csv" : "json"));
    RowShape shape = export.csv() ? RowShape.ARRAY : RowShape.OBJECT;
    try (QueryResult result =
        lake.queries().query(export.sql(), QueryLimits.DEFAULT, shape, masks.tables(caller))) {
      response.setHeader("Content-Disposition", "attachment; filename=\"" + export.file() + "\"");
      response.setHeader("Cache-Control", "no-store");
      response.setHeader("X-Content-Type-Options", "nosniff");
      response.setContentType(export.csv() ? "text/csv;charset=UTF-8" : "application/json");
      OutputStream out = response.getOutputStream();
      if (export.csv()) {
        result.writeCsv(out, CsvCells.NO_FORMULAS);
      } else {
        result.writeRows(out);
      }
    }
  }
}
