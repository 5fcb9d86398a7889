package dev.backlot.controller.table;

import dev.backlot.controller.access.Caller;
import dev.backlot.controller.access.Gate;
import dev.backlot.controller.mask.Masks;
import dev.backlot.model.ProblemCode;
import dev.backlot.model.ProblemException;
import dev.backlot.warehouse.TableName;
import dev.backlot.warehouse.query.Masked;
import dev.backlot.warehouse.query.QueryLimits;
import dev.backlot.warehouse.query.QueryResult;
import dev.backlot.warehouse.query.RowShape;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Queries over tables and views. Rows go to the client as they come. */
@RestController
public final class QueryResource {
  private static final int MOST_SAMPLE_ROWS = 1000;

  /** Names masked columns, percent-encoded. */
  private static final String MASKED = "X-Backlot-Masked";

  private final Lake lake;
  private final Masks masks;

  /** Queries these tables, under what each caller may see. */
  public QueryResource(Lake lake, Masks masks) {
    this.lake = lake;
    this.masks = masks;
  }

  /**
   * A query.
   *
   * @param format {@code document} (the default): columns and rows; {@code rows}: an array of
   *     objects; {@code csv}
   */
  record Request(@Nullable String sql, @Nullable String format) {}

  @PostMapping("/api/v1/query")
  void query(
      @RequestBody Request request,
      Caller caller,
      HttpServletRequest asked,
      HttpServletResponse response)
      throws IOException {
    String sql = request.sql() == null ? "" : request.sql();
    Gate.note(asked, "sql", sql);
    String format = request.format() == null ? "document" : request.format();
    RowShape shape = format.equals("csv") ? RowShape.ARRAY : RowShape.OBJECT;
    try (QueryResult result =
        lake.queries().query(sql, QueryLimits.DEFAULT, shape, masks.tables(caller))) {
      write(result, format, response);
    }
  }

  @GetMapping("/api/v1/tables/{name}/sample")
  void sample(
      @PathVariable String name,
      @RequestParam(defaultValue = "20") int limit,
      Caller caller,
      HttpServletResponse response)
      throws IOException {
    int rows = Math.max(1, Math.min(limit, MOST_SAMPLE_ROWS));
    try (QueryResult result =
        lake.queries().sample(TableName.parse(name), rows, RowShape.OBJECT, masks.tables(caller))) {
      write(result, "document", response);
    }
  }

  /** Rows and CSV have no place of their own to say it. */
  private static String header(Masked masked) {
    StringJoiner columns = new StringJoiner(", ");
    masked
        .tables()
        .forEach(
            (table, names) ->
                names.forEach(
                    name ->
                        columns.add(
                            URLEncoder.encode(table + "." + name, StandardCharsets.UTF_8))));
    return columns.toString();
  }

  private static void write(QueryResult result, String format, HttpServletResponse response)
      throws IOException {
    if (!result.masked().tables().isEmpty()) {
      response.setHeader(MASKED, header(result.masked()));
    }
    OutputStream out = response.getOutputStream();
    switch (format) {
      case "document" -> {
        response.setContentType("application/json");
        result.writeDocument(out);
      }
      case "rows" -> {
        response.setContentType("application/json");
        result.writeRows(out);
      }
      case "csv" -> {
        response.setContentType("text/csv;charset=UTF-8");
        result.writeCsv(out);
      }
      default ->
          throw new ProblemException(
              ProblemCode.USAGE,
              "Cannot run query: format '" + format + "' is unknown. Use document, rows or csv.");
    }
  }
}
