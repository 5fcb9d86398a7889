package dev.backlot.processors.graphql;

import dev.backlot.model.ProblemCode;
import dev.backlot.schema.Field;
import dev.backlot.sdk.ConfigSchema;
import dev.backlot.sdk.Finding;
import dev.backlot.sdk.KnownEndpoint;
import dev.backlot.sdk.Processor;
import dev.backlot.sdk.ProcessorDescriptor;
import dev.backlot.sdk.ProcessorDescriptor.Evolution;
import dev.backlot.sdk.ProcessorDescriptor.Example;
import dev.backlot.sdk.ProcessorDescriptor.Ports;
import dev.backlot.sdk.ProcessorPlan;
import dev.backlot.sdk.Resolution;
import dev.backlot.sdk.Shape;
import dev.backlot.sdk.StepInput;
import dev.backlot.sdk.Suggestions;
import dev.backlot.sdk.Work;
import graphql.schema.GraphQLSchema;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Adds to each row what a GraphQL graph says about it. Many rows share a request: by a root field
 * that takes a list of keys, or by repeating one that takes a single key. The query is checked
 * against the graph's schema, and the added fields have its types.
 */
public final class GraphqlEnrichmentProcessor implements Processor {
  private static final ProcessorDescriptor DESCRIPTOR =
      new ProcessorDescriptor(
          "graphql_enrichment",
          "GraphQL enrichment",
          "Add fields from a GraphQL graph",
          "Adds to each row what a GraphQL graph says about it now. Requests are batched, cached"
              + " and retried; rows of one key stay in order.",
          "lookup",
          "graph",
          Ports.THROUGH,
          ConfigSchema.of(EnrichmentSettings.class),
          Evolution.ALL,
          List.of(
              new Example(
                  "The director of each movie",
                  "{id: enriched, processor: graphql_enrichment, from: movie, config: {endpoint:"
                      + " studio_edge, query: \"query ($ids: [ID!]!) { movies(ids: $ids) { id"
                      + " director { name } } }\", variables: {ids: movie_id}, match: {id: movie_id},"
                      + " take: {director_name: director.name}}}")));

  @Override
  public ProcessorDescriptor descriptor() {
    return DESCRIPTOR;
  }

  @Override
  public Resolution resolve(
      Map<String, Object> config, List<StepInput> inputs, Map<String, KnownEndpoint> endpoints) {
    String name = String.valueOf(config.get("endpoint"));
    KnownEndpoint endpoint = endpoints.get(name);
    List<Finding> findings = new ArrayList<>();
    Optional<GraphQLSchema> schema =
        endpoint == null ? Optional.empty() : schema(name, endpoint, findings);
    if (endpoint == null) {
      findings.add(unknown(name, endpoints));
    }
    QueryCheck.Outcome outcome = QueryCheck.check(config, inputs.get(0).shape(), schema);
    if (outcome instanceof QueryCheck.Outcome.Wrong wrong) {
      findings.addAll(wrong.findings());
    }
    if (!(outcome instanceof QueryCheck.Outcome.Fits fits) || endpoint == null) {
      return new Resolution.Refused(findings);
    }
    return new Resolution.Resolved(
        new Enrichment(
                name,
                endpoint.config(),
                fits.schemaHash(),
                String.valueOf(config.get("query")),
                fits.by(),
                fits.root(),
                fits.variables(),
                fits.match(),
                fits.take(),
                Enrichment.timeout(config),
                Enrichment.batching(config, fits.by() == Enrichment.By.LIST))
            .toConfig());
  }

  private static Finding unknown(String name, Map<String, KnownEndpoint> endpoints) {
    List<String> names = List.copyOf(new TreeMap<>(endpoints).keySet());
    return new Finding(
        ProblemCode.PIPELINE_UNKNOWN_ENDPOINT,
        "config.endpoint",
        "there is no endpoint '" + name + "'",
        names.isEmpty()
            ? "Apply an Endpoint document first, or together with the pipeline."
            : Suggestions.fix(name, names));
  }

  private static Optional<GraphQLSchema> schema(
      String name, KnownEndpoint endpoint, List<Finding> findings) {
    if (endpoint.schema().isEmpty()) {
      findings.add(
          new Finding(
              ProblemCode.ENDPOINT_UNREACHABLE,
              "config.endpoint",
              "the schema of endpoint '" + name + "' is not known: " + endpoint.reason(),
              "Let the graph answer introspection, and apply again."));
      return Optional.empty();
    }
    try {
      return Optional.of(GraphSchema.parse(endpoint.schema().get()));
    } catch (RuntimeException e) {
      findings.add(
          new Finding(
              ProblemCode.ENDPOINT_REFUSED,
              "config.endpoint",
              "the schema of endpoint '" + name + "' can't be understood",
              "Check what the graph answers to introspection."));
      return Optional.empty();
    }
  }

  @Override
  public ProcessorPlan plan(Map<String, Object> config, List<StepInput> inputs) {
    Shape input = inputs.get(0).shape();
    Enrichment enrichment = Enrichment.ofConfig(config);
    List<Finding> findings =
        enrichment.consumed().stream()
            .filter(field -> input.index(field) < 0)
            .map(
                field ->
                    new Finding(
                        ProblemCode.PIPELINE_UNKNOWN_FIELD,
                        "config.variables",
                        "its input has no field '" + field + "'",
                        Suggestions.fix(field, input.names())))
            .toList();
    if (!findings.isEmpty()) {
      return new ProcessorPlan.Refused(findings);
    }
    List<Field> fields = new ArrayList<>(input.fields());
    enrichment
        .take()
        .forEach(
            taken ->
                fields.add(new Field(taken.name(), taken.type(), taken.nullable(), "", Map.of())));
    return new ProcessorPlan.Runnable(
        enrichment.toConfig(),
        new Shape(fields, input.key(), input.sources(), input.order()),
        enrichment.consumed(),
        notes(enrichment),
        new Work.Batched(
            enrichment.batching(), secrets -> new GraphqlFunction(enrichment, input, secrets)));
  }

  private static List<String> notes(Enrichment enrichment) {
    return enrichment.by() == Enrichment.By.LIST
        ? List.of()
        : List.of(
            "Asks about each row by an alias of its own, which graphs answer more slowly than a"
                + " root field that takes a list of keys.");
  }
}
