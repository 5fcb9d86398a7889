package dev.backlot.engine.endpoint;

import dev.backlot.metadata.DocumentStore.StoredDocument;
import dev.backlot.metadata.EndpointStore;
import dev.backlot.metadata.MetadataDatabase;
import dev.backlot.model.spec.EndpointSpec;
import dev.backlot.model.spec.Spec;
import dev.backlot.model.spec.SpecKind;
import dev.backlot.processors.graphql.GraphIntrospection;
import dev.backlot.processors.graphql.GraphSchema;
import dev.backlot.sdk.BatchFunction.SecretSource;
import dev.backlot.sdk.KnownEndpoint;
import dev.backlot.spec.SpecReader;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks the declared endpoints for their schemas, regularly and whenever a plan needs one. What one
 * said last is kept: while its graph is away, plans are made against that. Thread-safe.
 */
public final class EndpointSchemas implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(EndpointSchemas.class);
  private static final Duration INTERVAL = Duration.ofSeconds(30);

  /** Plans that follow one another ask once. */
  private static final Duration FRESH = Duration.ofSeconds(1);

  private final MetadataDatabase metadata;
  private final EndpointStore store;
  private final SecretSource secrets;
  private final Map<EndpointSpec.Config, Asked> asked = new ConcurrentHashMap<>();
  private final ScheduledExecutorService watch =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            Thread thread = new Thread(task, "endpoints");
            thread.setDaemon(true);
            return thread;
          });

  private record Asked(GraphIntrospection.Outcome outcome, long nanos) {}

  /** Asks with these secrets; the database stays the caller's to close. */
  public EndpointSchemas(MetadataDatabase metadata, SecretSource secrets) {
    this.metadata = metadata;
    this.store = metadata.endpoints();
    this.secrets = secrets;
  }

  /** Begins to ask every endpoint regularly. */
  public void start() {
    watch.scheduleWithFixedDelay(this::checkAll, 1, INTERVAL.toSeconds(), TimeUnit.SECONDS);
  }

  private void checkAll() {
    try {
      declared().forEach(this::look);
    } catch (RuntimeException e) {
      LOG.warn("Cannot check the endpoints, trying again: {}", e.getMessage());
    }
  }

  /**
   * Returns all endpoints, with the schemas of those that a plan needs.
   *
   * @param needed names of those that are asked
   * @param extra documents that are about to be applied, which count before those that stand
   */
  public Map<String, KnownEndpoint> known(Set<String> needed, List<String> extra) {
    Map<String, EndpointSpec.Config> configs = new LinkedHashMap<>(declared());
    Map<String, EndpointSpec.Config> coming = new LinkedHashMap<>();
    extra.forEach(document -> endpoint(document).ifPresent(e -> coming.put(e.name(), e.config())));
    configs.putAll(coming);
    Map<String, KnownEndpoint> known = new LinkedHashMap<>();
    configs.forEach(
        (name, config) ->
            known.put(
                name,
                !needed.contains(name)
                    ? new KnownEndpoint(config, Optional.empty(), "nobody asked for it")
                    : config.equals(coming.get(name)) ? ask(config) : look(name, config)));
    return known;
  }

  private Map<String, EndpointSpec.Config> declared() {
    Map<String, EndpointSpec.Config> configs = new LinkedHashMap<>();
    for (StoredDocument document : metadata.documents().list(SpecKind.ENDPOINT)) {
      if (!document.deleting()) {
        endpoint(document.json())
            .ifPresent(endpoint -> configs.put(endpoint.name(), endpoint.config()));
      }
    }
    return configs;
  }

  private static Optional<EndpointSpec> endpoint(String document) {
    Optional<Spec> spec = SpecReader.read("", document).specs().stream().findFirst();
    return spec.filter(EndpointSpec.class::isInstance).map(EndpointSpec.class::cast);
  }

  /** Asks an endpoint that is not declared yet; nothing is kept of it. */
  private KnownEndpoint ask(EndpointSpec.Config config) {
    GraphIntrospection.Outcome outcome = outcome(config);
    return outcome instanceof GraphIntrospection.Outcome.Schema schema
        ? new KnownEndpoint(config, Optional.of(schema.text()), "")
        : new KnownEndpoint(
            config, Optional.empty(), ((GraphIntrospection.Outcome.Failed) outcome).reason());
  }

  private KnownEndpoint look(String name, EndpointSpec.Config config) {
    KnownEndpoint now = ask(config);
    if (now.schema().isPresent()) {
      String schema = now.schema().get();
      store.reached(name, config.url(), schema, GraphSchema.hash(schema));
      return now;
    }
    store.failed(name, config.url(), now.reason());
    Optional<String> before =
        store
            .find(name)
            .filter(status -> status.url().equals(config.url()))
            .flatMap(EndpointStore.Status::schema);
    return new KnownEndpoint(config, before, now.reason());
  }

  private GraphIntrospection.Outcome outcome(EndpointSpec.Config config) {
    long now = System.nanoTime();
    asked.values().removeIf(before -> now - before.nanos() > FRESH.toNanos());
    Asked before = asked.get(config);
    if (before != null) {
      return before.outcome();
    }
    GraphIntrospection.Outcome outcome = GraphIntrospection.ask(config, secrets);
    asked.put(config, new Asked(outcome, System.nanoTime()));
    return outcome;
  }

  @Override
  public void close() {
    watch.shutdownNow();
  }
}
