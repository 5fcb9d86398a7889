package dev.backlot.controller.query;

import dev.backlot.controller.access.AccessLog;
import dev.backlot.controller.access.Caller;
import dev.backlot.controller.mask.Masks;
import dev.backlot.controller.table.Lake;
import dev.backlot.controller.web.Json;
import dev.backlot.metadata.QueryStore;
import dev.backlot.model.ProblemCode;
import dev.backlot.model.ProblemException;
import dev.backlot.warehouse.query.QueryColumn;
import dev.backlot.warehouse.query.QueryLimits;
import dev.backlot.warehouse.query.QueryResult;
import dev.backlot.warehouse.query.RowShape;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;

/**
 * Runs of queries whose rows come as lines of JSON while they are computed, capped, and cancelled
 * by whoever began them.
 */
@RestController
public final class QueryRunResource {
  private static final int MOST_ROWS = 1_000_000;
  private static final int FIRST_BATCH = 100;
  private static final int BATCH = 1_000;
  private static final int LONGEST_ID = 64;

  private final Lake lake;
  private final QueryStore store;
  private final AccessLog log;
  private final Masks masks;
  private final RunningQueries running = new RunningQueries();

  /** Queries these tables. */
  public QueryRunResource(Lake lake, QueryStore store, AccessLog log, Masks masks) {
    this.lake = lake;
    this.store = store;
    this.log = log;
    this.masks = masks;
  }

  /**
   * A query to run.
   *
   * @param id by which it can be cancelled, chosen by the caller
   * @param rows how many are sent at most
   */
  record Request(@Nullable String id, @Nullable String sql, @Nullable Integer rows) {}

  /**
   * Sends {@code {"columns"}}, then any number of {@code {"rows"}}, then {@code {"end"}} or {@code
   * {"problems"}}, each in a line of its own.
   */
  @PostMapping("/api/v1/query/runs")
  void run(@RequestBody Request request, Caller caller, HttpServletResponse response)
      throws IOException {
    String sql = request.sql() == null ? "" : request.sql();
    String id = request.id() == null ? "" : request.id();
    int most = request.rows() == null ? MOST_ROWS : request.rows();
    if (id.isBlank() || id.length() > LONGEST_ID || most < 1 || most > MOST_ROWS) {
      throw new ProblemException(
          ProblemCode.USAGE,
          "Cannot run query: it needs an 'id' of 1 to %d characters and 'rows' from 1 to %d."
              .formatted(LONGEST_ID, MOST_ROWS));
    }
    log.record(caller, "query", new AccessLog.Subject("query", "", ""), Map.of("sql", sql));
    Run run = new Run(caller.name(), sql, most);
    RunningQueries.Query query = running.begin(caller.name(), id);
    try (query;
        QueryResult result =
            lake.queries()
                .query(
                    sql,
                    QueryLimits.DEFAULT,
                    RowShape.ARRAY,
                    masks.tables(caller),
                    query::started)) {
      run.send(result, response);
    } catch (CancellationException e) {
      run.cancelled(response);
    } catch (ProblemException e) {
      run.failed(e, response);
    } finally {
      run.note();
    }
  }

  /** Ends a query of the caller; does nothing when it has ended. */
  @DeleteMapping("/api/v1/query/runs/{id}")
  Map<String, Object> cancel(@PathVariable String id, Caller caller) {
    return Map.of("state", running.cancel(caller.name(), id) ? "cancelling" : "ended");
  }

  /** One run, from its statement to what is remembered of it. */
  private final class Run {
    private final String account;
    private final String sql;
    private final int most;
    private final long begin = System.nanoTime();
    private String outcome = "failed";
    private long rows;
    private boolean begun;

    Run(String account, String sql, int most) {
      this.account = account;
      this.sql = sql;
      this.most = most;
    }

    void send(QueryResult result, HttpServletResponse response) throws IOException {
      line(response, head(result));
      OutputStream out = response.getOutputStream();
      boolean more = false;
      boolean open = true;
      while (open) {
        int batch = rows == 0 ? FIRST_BATCH : BATCH;
        int written = 0;
        while (written < batch && open) {
          Optional<byte[]> row = rows < most ? result.next() : Optional.empty();
          if (row.isEmpty()) {
            open = false;
            more = rows >= most && result.next().isPresent();
          } else {
            out.write((written == 0 ? "{\"rows\":[" : ",").getBytes(StandardCharsets.US_ASCII));
            out.write(row.get());
            written++;
            rows++;
          }
        }
        if (written > 0) {
          out.write("]}\n".getBytes(StandardCharsets.US_ASCII));
          out.flush();
        }
      }
      outcome = "done";
      end(response, more);
    }

    private Map<String, ?> head(QueryResult result) {
      List<Map<String, Object>> columns = new ArrayList<>();
      for (QueryColumn column : result.columns()) {
        Map<String, Object> shown = new LinkedHashMap<>();
        shown.put("name", column.name());
        shown.put("type", column.type());
        if (result.masked().columns().contains(columns.size())) {
          shown.put("masked", true);
        }
        columns.add(shown);
      }
      Map<String, Object> head = new LinkedHashMap<>();
      head.put("columns", columns);
      if (!result.masked().tables().isEmpty()) {
        head.put("masked", result.masked().tables());
      }
      return head;
    }

    void cancelled(HttpServletResponse response) throws IOException {
      outcome = "cancelled";
      end(response, false);
    }

    void failed(ProblemException e, HttpServletResponse response) throws IOException {
      if (!begun) {
        throw e;
      }
      line(response, Map.of("problems", e.problems()));
    }

    private void end(HttpServletResponse response, boolean more) throws IOException {
      Map<String, Object> end = new LinkedHashMap<>();
      end.put("outcome", outcome);
      end.put("rows", rows);
      end.put("more", more);
      end.put("milliseconds", millis());
      line(response, Map.of("end", end));
    }

    private void line(HttpServletResponse response, Map<String, ?> line) throws IOException {
      if (!begun) {
        begun = true;
        response.setContentType("application/x-ndjson");
        response.setHeader("Cache-Control", "no-store");
      }
      OutputStream out = response.getOutputStream();
      out.write((Json.write(line) + "\n").getBytes(StandardCharsets.UTF_8));
      out.flush();
    }

    void note() {
      if (!sql.isBlank()) {
        store.ran(account, sql, outcome, rows, millis());
      }
    }

    private long millis() {
      return (System.nanoTime() - begin) / 1_000_000;
    }
  }
}
