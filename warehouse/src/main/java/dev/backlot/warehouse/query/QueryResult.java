package dev.backlot.warehouse.query;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.backlot.model.ProblemException;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import org.jspecify.annotations.Nullable;

/**
 * The rows of a query while they arrive. Occupies a query process until it is closed; rows that are
 * not read are not computed. For use by one thread, except {@link #cancel}.
 */
public final class QueryResult implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final QueryRun run;
  private final List<QueryColumn> columns;
  private final Masked masked;
  private byte[] batch = new byte[0];
  private int position;
  private long rows;

  QueryResult(QueryRun run, List<QueryColumn> columns, Masked masked) {
    this.run = run;
    this.masked = masked;
    this.columns = List.copyOf(columns);
  }

  /** Returns the columns in order. */
  public List<QueryColumn> columns() {
    return columns;
  }

  /** Returns what is not shown. */
  public Masked masked() {
    return masked;
  }

  /** Returns how many rows were read so far. */
  public long rows() {
    return rows;
  }

  /**
   * Returns the next row as UTF-8 JSON in the shape asked for, or empty after the last.
   *
   * @throws ProblemException when the query fails or its time is over
   * @throws CancellationException after {@link #cancel}
   */
  public Optional<byte[]> next() {
    if (position == batch.length && !fill()) {
      return Optional.empty();
    }
    int end = position;
    while (batch[end] != '\n') {
      end++;
    }
    byte[] row = java.util.Arrays.copyOfRange(batch, position, end);
    position = end + 1;
    rows++;
    return Optional.of(row);
  }

  private boolean fill() {
    byte @Nullable [] next = run.nextRows();
    if (next == null) {
      return false;
    }
    batch = next;
    position = 0;
    return true;
  }

  /** Writes the remaining rows as one JSON array. */
  public void writeRows(OutputStream out) throws IOException {
    out.write('[');
    boolean first = true;
    while (position < batch.length || fill()) {
      int start = position;
      for (int i = start; i < batch.length; i++) {
        if (batch[i] == '\n') {
          out.write(
              first
                  ? "\n".getBytes(StandardCharsets.UTF_8)
                  : ",\n".getBytes(StandardCharsets.UTF_8));
          out.write(batch, start, i - start);
          first = false;
          start = i + 1;
          rows++;
        }
      }
      position = batch.length;
    }
    out.write(first ? ']' : '\n');
    if (!first) {
      out.write(']');
    }
  }

  /**
   * Writes {@code {"columns": [{"name", "type"}, …], "rows": […]}}; under a masking that hides
   * something, columns that are masked have {@code "masked": true}, and {@code "masked"} before the
   * rows says which columns of which tables are.
   */
  public void writeDocument(OutputStream out) throws IOException {
    ArrayNode written = JSON.createArrayNode();
    for (int i = 0; i < columns.size(); i++) {
      ObjectNode column = JSON.valueToTree(columns.get(i));
      written.add(masked.columns().contains(i) ? column.put("masked", true) : column);
    }
    out.write("{\"columns\":".getBytes(StandardCharsets.UTF_8));
    out.write(JSON.writeValueAsBytes(written));
    if (!masked.tables().isEmpty()) {
      out.write(",\"masked\":".getBytes(StandardCharsets.UTF_8));
      out.write(JSON.writeValueAsBytes(masked.tables()));
    }
    out.write(",\"rows\":".getBytes(StandardCharsets.UTF_8));
    writeRows(out);
    out.write('}');
  }

  /**
   * Writes the remaining rows, asked for as {@link RowShape#ARRAY}, as CSV (RFC 4180) with a
   * header. NULL is an empty field and an empty text is {@code ""}; lists and objects are JSON.
   */
  public void writeCsv(OutputStream out) throws IOException {
    writeCsv(out, CsvCells.EXACT);
  }

  /** Writes the remaining rows as CSV, texts as told. */
  public void writeCsv(OutputStream out, CsvCells cells) throws IOException {
    StringBuilder line = new StringBuilder();
    for (QueryColumn column : columns) {
      field(line, cells.text(column.name()));
    }
    endLine(line, out);
    for (Optional<byte[]> row = next(); row.isPresent(); row = next()) {
      line.setLength(0);
      for (JsonNode value : JSON.readTree(row.get())) {
        if (value.isNull()) {
          line.append(',');
        } else {
          field(line, value.isTextual() ? cells.text(value.textValue()) : value.toString());
        }
      }
      endLine(line, out);
    }
  }

  private static void field(StringBuilder line, String text) {
    if (text.isEmpty()
        || text.chars().anyMatch(c -> c == ',' || c == '"' || c == '\n' || c == '\r')) {
      line.append('"').append(text.replace("\"", "\"\"")).append('"');
    } else {
      line.append(text);
    }
    line.append(',');
  }

  private static void endLine(StringBuilder line, OutputStream out) throws IOException {
    if (line.length() > 0) {
      line.setLength(line.length() - 1);
    }
    out.write(line.append("\r\n").toString().getBytes(StandardCharsets.UTF_8));
  }

  /** Returns the remaining rows as JSON values; for small results. */
  public List<JsonNode> toList() {
    List<JsonNode> list = new java.util.ArrayList<>();
    try {
      for (Optional<byte[]> row = next(); row.isPresent(); row = next()) {
        list.add(EXACT.readTree(row.get()));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return list;
  }

  private static final ObjectMapper EXACT =
      JsonMapper.builder()
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
          .build();

  /** Ends the query from any thread; the reading thread gets a CancellationException. */
  public void cancel() {
    run.cancel();
  }

  /** Ends the query if it still runs, and gives the process back. */
  @Override
  public void close() {
    run.close();
  }
}
