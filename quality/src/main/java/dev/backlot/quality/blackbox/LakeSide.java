package dev.backlot.quality.blackbox;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import dev.backlot.model.ProblemCode;
import dev.backlot.model.ProblemException;
import dev.backlot.model.audit.AuditAnswer;
import dev.backlot.model.audit.QueryAnswer;
import dev.backlot.model.audit.QueryRead;
import dev.backlot.schema.canonical.BucketedRows;
import dev.backlot.schema.canonical.Canonical;
import dev.backlot.warehouse.query.QueryColumn;
import dev.backlot.warehouse.query.QueryLimits;
import dev.backlot.warehouse.query.QueryResult;
import dev.backlot.warehouse.query.QueryService;
import dev.backlot.warehouse.query.RowShape;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The warehouse as a side: queries see what users' queries see. Thread-safe. */
public final class LakeSide implements Side {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Supplier<QueryService> queries;

  /** Queries with this service. */
  public LakeSide(Supplier<QueryService> queries) {
    this.queries = queries;
  }

  @Override
  public QueryAnswer read(QueryRead read) {
    QueryLimits limits = new QueryLimits(Duration.ofSeconds(read.seconds()));
    try (QueryResult result = queries.get().query(read.query(), limits, RowShape.ARRAY)) {
      List<String> columns = result.columns().stream().map(QueryColumn::name).toList();
      BucketedRows rows =
          new BucketedRows(key(read, columns), read.buckets(), read.wanted(), read.mostRows());
      for (Optional<byte[]> row = result.next(); row.isPresent(); row = result.next()) {
        rows.add(texts((ArrayNode) JSON.readTree(row.get())));
      }
      return new QueryAnswer(
          columns,
          rows.sums().stream()
              .map(sum -> new AuditAnswer.Sum(sum.rows(), sum.high(), sum.low()))
              .toList(),
          rows.rows());
    } catch (IllegalArgumentException | BucketedRows.TooManyRowsException e) {
      throw invalid(String.valueOf(e.getMessage()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<Integer> key(QueryRead read, List<String> columns) {
    List<Integer> key = new ArrayList<>();
    for (String column : read.key()) {
      if (!columns.contains(column)) {
        throw invalid("it has no column '" + column + "', but " + String.join(", ", columns));
      }
      key.add(columns.indexOf(column));
    }
    return key;
  }

  private static List<@Nullable String> texts(ArrayNode row) {
    List<@Nullable String> texts = new ArrayList<>(row.size());
    for (JsonNode value : row) {
      texts.add(text(value));
    }
    return texts;
  }

  private static @Nullable String text(JsonNode value) {
    if (value.isNull()) {
      return null;
    }
    if (value.isNumber()) {
      return Canonical.number(value.asText());
    }
    return value.isValueNode() ? value.asText() : value.toString();
  }

  private static ProblemException invalid(String cause) {
    return new ProblemException(
        ProblemCode.QUERY_INVALID,
        "Cannot run the query in the warehouse: "
            + cause
            + ". Write one SELECT that gives every column of the key.");
  }
}
