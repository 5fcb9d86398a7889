package dev.backlot.controller.audit;

import dev.backlot.controller.dataplane.DataPlane;
import dev.backlot.controller.document.Usage;
import dev.backlot.controller.maintenance.MaintenanceRuns;
import dev.backlot.controller.table.Lake;
import dev.backlot.controller.web.Json;
import dev.backlot.metadata.AuditStore;
import dev.backlot.metadata.AuditStore.Repair;
import dev.backlot.metadata.AuditStore.Round;
import dev.backlot.metadata.AuditStore.State;
import dev.backlot.metadata.MetadataDatabase;
import dev.backlot.model.ProblemException;
import dev.backlot.model.plan.PipelinePlan;
import dev.backlot.model.platform.PlatformConfig;
import dev.backlot.model.spec.AuditPolicy;
import dev.backlot.model.spec.PipelineSpec;
import dev.backlot.model.spec.SpecKind;
import dev.backlot.quality.round.AuditHost;
import dev.backlot.quality.round.AuditRounds;
import dev.backlot.quality.round.AuditRounds.Order;
import dev.backlot.quality.round.AuditRounds.Outcome;
import dev.backlot.quality.table.TableReader;
import dev.backlot.warehouse.TableName;
import dev.backlot.warehouse.maintenance.RowPlace;
import dev.backlot.warehouse.query.QueryService;
import dev.backlot.warehouse.query.QuerySettings;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Audits tables: by their pipelines' policy and when somebody asks. Queries run in processes of
 * their own, of low priority. Thread-safe.
 */
public final class TableAudits implements AuditHost, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(TableAudits.class);
  private static final int LETTERS = 500;
  private static final Duration WAITING = Duration.ofSeconds(15);
  private static final Duration OFF = Duration.ofMinutes(1);

  private final Lake lake;
  private final MetadataDatabase metadata;
  private final AuditStore store;
  private final DataPlane dataPlane;
  private final MaintenanceRuns maintenance;
  private final PlatformConfig config;
  private @Nullable QueryService queries;
  private @Nullable AuditRounds rounds;

  /** Audits an installation's tables. */
  public TableAudits(
      Lake lake,
      MetadataDatabase metadata,
      DataPlane dataPlane,
      MaintenanceRuns maintenance,
      PlatformConfig config) {
    this.lake = lake;
    this.metadata = metadata;
    this.store = metadata.audits();
    this.dataPlane = dataPlane;
    this.maintenance = maintenance;
    this.config = config;
  }

  private synchronized AuditRounds rounds() {
    AuditRounds open = rounds;
    if (open == null) {
      QueryService service =
          new QueryService(lake.catalog(), QuerySettings.ofBackground(config, "audit"));
      open = new AuditRounds(metadata, new TableReader(lake.catalog(), service), this);
      queries = service;
      rounds = open;
    }
    return open;
  }

  /** Returns the tables that pipelines own. */
  List<TableName> tables() {
    return lake.catalog().tables().stream()
        .filter(name -> lake.catalog().owner(name).isPresent())
        .toList();
  }

  private Optional<PipelineSpec> pipeline(TableName table) {
    return lake.catalog()
        .owner(table)
        .flatMap(owner -> metadata.documents().find(SpecKind.PIPELINE, owner))
        .filter(document -> !document.deleting())
        .flatMap(Usage::pipeline);
  }

  /**
   * Does what is due for a table.
   *
   * @return when to look again; empty when the table is gone
   */
  Optional<Duration> lookAfter(String table) {
    TableName name = TableName.parse(table);
    Optional<PipelineSpec> pipeline = pipeline(name);
    if (pipeline.isEmpty()) {
      store.forget(table, List.of());
      return lake.catalog().find(name).isEmpty() ? Optional.empty() : Optional.of(OFF);
    }
    AuditPolicy policy = pipeline.get().audit();
    Optional<Duration> pause = policy.pause();
    if (pause.isEmpty()) {
      store.forget(table, List.of());
      return Optional.of(OFF);
    }
    if (!policy.runsAt(Instant.now())) {
      return Optional.of(OFF);
    }
    store.abandon(table);
    Repair repair = policy.repairsItself() ? Repair.REPAIR : Repair.NEVER;
    long id = store.request(table, false, repair, null);
    store.start(id);
    Order order =
        new Order(table, pipeline.get().header().name(), Optional.empty(), repair, policy.budget());
    Optional<Outcome> outcome = run(id, order);
    if (outcome.filter(told -> told.waiting().isPresent() && told.found() == 0).isPresent()) {
      store.drop(id);
      return Optional.of(WAITING);
    }
    outcome.ifPresent(done -> store.finish(id, State.DONE, "", done.report()));
    return pause;
  }

  /**
   * Does what somebody asked for.
   *
   * @return false when it has to wait
   */
  boolean runAsked(long id) {
    Optional<Round> asked =
        store
            .find(id)
            .filter(round -> round.state() != State.DONE && round.state() != State.FAILED);
    if (asked.isEmpty()) {
      return true;
    }
    Round round = asked.get();
    Optional<PipelineSpec> pipeline = pipeline(TableName.parse(round.table()));
    if (pipeline.isEmpty()) {
      store.finish(id, State.FAILED, "No pipeline writes table '" + round.table() + "'.", Map.of());
      return true;
    }
    store.start(id);
    Order order =
        new Order(
            round.table(),
            pipeline.get().header().name(),
            round.keys(),
            round.repair(),
            pipeline.get().audit().budget());
    Optional<Outcome> outcome = run(id, order);
    Optional<String> waiting = outcome.flatMap(Outcome::waiting);
    if (waiting.isPresent()) {
      store.waits(id, waiting.get());
      return false;
    }
    outcome.ifPresent(done -> store.finish(id, State.DONE, "", done.report()));
    return true;
  }

  private Optional<Outcome> run(long id, Order order) {
    try {
      return Optional.of(rounds().run(order));
    } catch (RuntimeException e) {
      LOG.warn("An audit of table {} failed", order.table(), e);
      String reason =
          e instanceof ProblemException
              ? String.valueOf(e.getMessage())
              : "Cannot audit table '" + order.table() + "': " + e + ". It is tried again later.";
      store.finish(id, State.FAILED, reason, Map.of());
      return Optional.empty();
    }
  }

  @Override
  public Optional<PipelinePlan> deployedPlan(String pipeline) {
    return metadata
        .pipelines()
        .deployedPlan(pipeline)
        .map(json -> Json.MAPPER.convertValue(Json.readTree(json), PipelinePlan.class));
  }

  @Override
  public List<Map<String, Object>> letters(String pipeline) {
    try {
      return dataPlane.deadLetters(pipeline, LETTERS);
    } catch (ProblemException e) {
      // A cause that is not known now is found by the next round.
      LOG.debug("Cannot list dead letters of {}", pipeline, e);
      return List.of();
    }
  }

  @Override
  public long remove(TableName table, List<RowPlace> rows) {
    return maintenance.remove(table, rows);
  }

  @Override
  public synchronized void close() {
    if (queries != null) {
      queries.close();
    }
  }
}
