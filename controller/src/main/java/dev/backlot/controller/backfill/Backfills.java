package dev.backlot.controller.backfill;

import dev.backlot.controller.table.Lake;
import dev.backlot.controller.web.Json;
import dev.backlot.metadata.BackfillStore;
import dev.backlot.metadata.BackfillStore.Offer;
import dev.backlot.metadata.BackfillStore.Run;
import dev.backlot.metadata.DocumentStore;
import dev.backlot.metadata.MetadataDatabase;
import dev.backlot.metadata.PipelineStore;
import dev.backlot.model.Problem;
import dev.backlot.model.ProblemCode;
import dev.backlot.model.ProblemException;
import dev.backlot.model.plan.ColumnOrigin;
import dev.backlot.model.plan.PipelinePlan;
import dev.backlot.model.plan.PlanSink;
import dev.backlot.model.spec.SpecKind;
import dev.backlot.warehouse.TableName;
import dev.backlot.warehouse.maintenance.ColumnFill;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.iceberg.Table;

/** What can be backfilled, and what was asked for; the data plane does it. Thread-safe. */
public final class Backfills {
  private static final int SHOWN = 20;

  private final DocumentStore documents;
  private final PipelineStore pipelines;
  private final BackfillStore store;
  private final Lake lake;

  /** Looks things up here. */
  public Backfills(MetadataDatabase metadata, Lake lake) {
    this.documents = metadata.documents();
    this.pipelines = metadata.pipelines();
    this.store = metadata.backfills();
    this.lake = lake;
  }

  /**
   * What is wanted.
   *
   * @param table of the pipeline's, or empty for any that has the columns
   * @param columns by their names in the table; empty for those that are offered
   */
  record Wish(String table, List<String> columns) {}

  /**
   * Columns of a table that can be filled.
   *
   * @param rows without a value of one of them, including those that have none by right
   */
  record Forecast(String table, List<String> columns, long rows) {}

  /**
   * Returns what fulfilling a wish takes; nothing is changed.
   *
   * @throws ProblemException with all reasons why it can't be fulfilled
   */
  List<Forecast> forecast(String pipeline, Wish wish) {
    PipelinePlan plan = plan(pipeline);
    Map<String, List<String>> wanted =
        wish.columns().isEmpty() ? offered(pipeline, wish) : named(plan, wish);
    List<Forecast> forecasts = new ArrayList<>();
    List<Problem> problems = new ArrayList<>();
    wanted.forEach(
        (name, columns) -> {
          TableName table = TableName.parse(name);
          Table found = lake.catalog().load(table);
          Optional<ProblemException> hindrance =
              ColumnFill.hindrance(lake.catalog(), table, found, columns);
          hindrance.ifPresent(problem -> problems.addAll(problem.problems()));
          if (hindrance.isEmpty()) {
            long rows =
                columns.stream().mapToLong(c -> ColumnFill.lacking(found, c)).max().orElse(0);
            forecasts.add(new Forecast(name, columns, rows));
          }
        });
    if (!problems.isEmpty()) {
      throw new ProblemException(problems);
    }
    return forecasts;
  }

  /**
   * Has a wish fulfilled.
   *
   * @return a run per table; none when nothing is offered
   * @throws ProblemException with all reasons why it can't be fulfilled; then nothing is begun
   */
  List<Run> request(String pipeline, Wish wish) {
    List<Run> runs = new ArrayList<>();
    for (Forecast forecast : forecast(pipeline, wish)) {
      runs.add(find(store.request(pipeline, forecast.table(), forecast.columns())));
    }
    return runs;
  }

  private Map<String, List<String>> offered(String pipeline, Wish wish) {
    Map<String, List<String>> columns = new TreeMap<>();
    for (Offer offer : store.offers(pipeline)) {
      if (wish.table().isEmpty() || wish.table().equals(offer.table())) {
        columns.computeIfAbsent(offer.table(), added -> new ArrayList<>()).add(offer.column());
      }
    }
    return columns;
  }

  /** Finds the tables that have the columns; a column that none of them copies is a problem. */
  private static Map<String, List<String>> named(PipelinePlan plan, Wish wish) {
    Map<String, List<String>> columns = new TreeMap<>();
    List<Problem> problems = new ArrayList<>();
    for (String column : wish.columns().stream().distinct().toList()) {
      boolean copied = false;
      String made = "";
      for (PlanSink sink : plan.sinks()) {
        if (!wish.table().isEmpty() && !wish.table().equals(sink.table())) {
          continue;
        }
        ColumnOrigin origin = ColumnOrigin.of(plan, sink, column);
        if (origin instanceof ColumnOrigin.Copied) {
          copied = true;
          columns.computeIfAbsent(sink.table(), added -> new ArrayList<>()).add(column);
        } else if (origin instanceof ColumnOrigin.Made step) {
          made = step.step();
        }
      }
      if (!copied) {
        problems.add(refusal(plan.pipeline(), column, made));
      }
    }
    if (!problems.isEmpty()) {
      throw new ProblemException(problems);
    }
    return columns;
  }

  private static Problem refusal(String pipeline, String column, String step) {
    return step.isEmpty()
        ? Problem.of(
            ProblemCode.NOT_FOUND,
            "Cannot backfill column '"
                + column
                + "' of pipeline '"
                + pipeline
                + "': no deployed table of it is filled under this name. See `backlot describe"
                + " pipeline "
                + pipeline
                + "`.")
        : Problem.of(
            ProblemCode.NOT_ALLOWED_NOW,
            "Cannot backfill column '"
                + column
                + "' of pipeline '"
                + pipeline
                + "': step '"
                + step
                + "' makes its values, so no topic holds them. Dump the Source instead, which makes"
                + " every row anew.");
  }

  private PipelinePlan plan(String pipeline) {
    if (documents.find(SpecKind.PIPELINE, pipeline).isEmpty()) {
      throw new ProblemException(
          ProblemCode.NOT_FOUND,
          "Cannot backfill pipeline '"
              + pipeline
              + "': there is none of this name. See `backlot get pipelines`.");
    }
    return pipelines
        .deployedPlan(pipeline)
        .map(json -> Json.MAPPER.convertValue(Json.readTree(json), PipelinePlan.class))
        .orElseThrow(
            () ->
                new ProblemException(
                    ProblemCode.NOT_ALLOWED_NOW,
                    "Cannot backfill pipeline '"
                        + pipeline
                        + "': it is not deployed yet. Wait until it is."));
  }

  /** Returns the newest runs of a pipeline, the newest first. */
  List<Run> of(String pipeline) {
    return store.ofPipeline(pipeline, SHOWN);
  }

  /**
   * Returns a run.
   *
   * @throws ProblemException with NOT_FOUND
   */
  Run find(long id) {
    return store
        .find(id)
        .orElseThrow(
            () ->
                new ProblemException(
                    ProblemCode.NOT_FOUND,
                    "Cannot find backfill '"
                        + id
                        + "': there is none of this number. See `backlot get jobs`."));
  }

  /** Has a run end; what it has filled stays. */
  Run cancel(long id) {
    find(id);
    store.cancel(id);
    return find(id);
  }

  /** Returns the newest run of each table, and all that have not ended. */
  public List<Run> current() {
    return store.current();
  }

  /** Returns a run as the API shows it. */
  static Map<String, Object> map(Run run) {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("id", run.id());
    map.put("pipeline", run.pipeline());
    map.put("table", run.table());
    map.put("columns", run.columns());
    map.put("state", run.state().label());
    map.put("reason", run.reason());
    map.putAll(progress(run));
    map.put("requested_at", run.requestedAt());
    run.startedAt().ifPresent(time -> map.put("started_at", time));
    run.finishedAt().ifPresent(time -> map.put("finished_at", time));
    return map;
  }

  /** Returns how far a run is, as the API shows it. */
  public static Map<String, Object> progress(Run run) {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("records_read", run.progress().recordsRead());
    map.put("rows_total", run.progress().rowsTotal());
    map.put("rows_looked_at", run.progress().rowsLookedAt());
    map.put("rows_filled", run.progress().rowsFilled());
    return map;
  }

  /** Returns what is offered for a pipeline, as its status shows it. */
  public static List<Map<String, Object>> offers(List<Offer> offers) {
    List<Map<String, Object>> list = new ArrayList<>();
    for (Offer offer : offers) {
      Map<String, Object> map = new LinkedHashMap<>();
      map.put("table", offer.table());
      map.put("column", offer.column());
      map.put("since", offer.since());
      map.put("rows_before", offer.rowsBefore());
      list.add(map);
    }
    return list;
  }
}
