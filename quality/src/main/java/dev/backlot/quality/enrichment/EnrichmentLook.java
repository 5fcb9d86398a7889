package dev.backlot.quality.enrichment;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.NullNode;
import dev.backlot.quality.blackbox.Contrast;
import dev.backlot.quality.enrichment.EnrichedRows.Row;
import dev.backlot.quality.enrichment.EnrichedTable.Column;
import dev.backlot.quality.enrichment.Graph.Answer;
import dev.backlot.quality.table.QueryText;
import dev.backlot.warehouse.query.QueryService;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Asks a table's graph again about some of its rows, slowly, and tells where the table shows
 * something else. Large tables are looked at in slices, one after the other. For one thread.
 */
public final class EnrichmentLook {
  private static final int ROWS_OF_A_LOOK = 2_000;
  private static final int ROWS_OF_A_REQUEST = 100;

  private final EnrichedTable table;
  private final QueryService queries;
  private final Graph graph;
  private final Pause pause;
  private int slice;
  private int slices = 1;

  /** Waits between requests, so that the graph hardly notices. */
  @FunctionalInterface
  public interface Pause {
    /** Waits a moment. */
    void pause();
  }

  /** Begins with the first slice. */
  public EnrichmentLook(EnrichedTable table, QueryService queries, Graph graph, Pause pause) {
    this.table = table;
    this.queries = queries;
    this.graph = graph;
    this.pause = pause;
  }

  /**
   * What a look found.
   *
   * @param asked how many rows were asked about
   * @param unknown keys about which nothing could be said, and why the last one not
   * @param endsCycle whether every row has been looked at since the cycle began
   */
  public record Found(
      long rows,
      long asked,
      List<Contrast> contrasts,
      Set<List<String>> unknown,
      String reason,
      boolean endsCycle) {}

  /** Returns the columns of contrasts' rows. */
  public List<String> columns() {
    return table.taken().stream().map(Column::name).toList();
  }

  /**
   * Looks at the next slice, and at keys that are suspected already.
   *
   * @throws dev.backlot.model.ProblemException when table or graph can't be read
   */
  public Found look(Collection<List<String>> suspects) {
    EnrichedRows rows = new EnrichedRows(queries, table);
    long count = rows.count();
    if (slice == 0) {
      slices = (int) Math.max(1, (count + ROWS_OF_A_LOOK - 1) / ROWS_OF_A_LOOK);
    }
    Map<List<String>, Row> wanted = new LinkedHashMap<>();
    rows.slice(slice, slices).forEach(row -> wanted.put(row.key(), row));
    Set<List<String>> others = new HashSet<>(suspects);
    others.removeAll(wanted.keySet());
    rows.of(others).forEach(row -> wanted.put(row.key(), row));
    List<Contrast> contrasts = new ArrayList<>();
    Set<List<String>> unknown = new HashSet<>();
    String reason = "";
    List<Row> all = List.copyOf(wanted.values());
    for (int from = 0; from < all.size(); from += ROWS_OF_A_REQUEST) {
      List<Row> some = all.subList(from, Math.min(all.size(), from + ROWS_OF_A_REQUEST));
      if (from > 0) {
        pause.pause();
      }
      List<Answer> answers = graph.ask(table, some.stream().map(Row::asked).toList());
      for (int i = 0; i < some.size(); i++) {
        if (answers.get(i) instanceof Answer.Unknown nothing) {
          unknown.add(some.get(i).key());
          reason = nothing.reason();
        } else {
          contrast(some.get(i), answers.get(i)).ifPresent(contrasts::add);
        }
      }
    }
    slice = (slice + 1) % slices;
    return new Found(count, all.size(), contrasts, unknown, reason, slice == 0);
  }

  private Optional<Contrast> contrast(Row row, Answer answer) {
    if (answer instanceof Answer.Missing missing) {
      List<@Nullable String> nothing =
          new ArrayList<>(Collections.nCopies(table.taken().size(), null));
      if (missing.deletes()) {
        return Optional.of(
            new Contrast(row.key(), Optional.empty(), Optional.of(row.taken()), false));
      }
      return differing(row, nothing);
    }
    return differing(row, texts((Answer.Found) answer));
  }

  private static Optional<Contrast> differing(Row row, List<@Nullable String> now) {
    return row.taken().equals(now)
        ? Optional.empty()
        : Optional.of(new Contrast(row.key(), Optional.of(now), Optional.of(row.taken()), false));
  }

  private List<@Nullable String> texts(Answer.Found found) {
    List<@Nullable String> texts = new ArrayList<>();
    for (Column column : table.taken()) {
      JsonNode value = found.values().getOrDefault(column.field(), NullNode.getInstance());
      try (JsonParser json = value.traverse()) {
        json.nextToken();
        texts.add(QueryText.of(json, column.type()));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return texts;
  }
}
