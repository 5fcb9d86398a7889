package dev.backlot.studio.edge;

import graphql.ExecutionInput;
import graphql.ExecutionResult;
import graphql.GraphQL;
import graphql.GraphqlErrorBuilder;
import graphql.execution.DataFetcherResult;
import graphql.schema.DataFetcher;
import graphql.schema.DataFetchingEnvironment;
import graphql.schema.idl.RuntimeWiring;
import graphql.schema.idl.SchemaGenerator;
import graphql.schema.idl.SchemaParser;
import graphql.schema.idl.TypeDefinitionRegistry;
import graphql.validation.QueryComplexityLimits;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.dataloader.DataLoader;
import org.dataloader.DataLoaderFactory;
import org.dataloader.DataLoaderRegistry;
import org.jspecify.annotations.Nullable;

/**
 * The graph: its schema, and how each field comes from a {@link Lookup}. Fields of one level are
 * loaded together, so that a request costs as many statements as it has kinds of nested things,
 * however many movies it asks for. Thread-safe.
 */
final class EdgeGraph {
  /** How many ids a list or a gateway may ask for at once. */
  static final int MOST_IDS = 1_000;

  /** How deep a query may nest and how many fields it may have; tools introspect within this. */
  private static final QueryComplexityLimits LIMITS =
      QueryComplexityLimits.newLimits().maxDepth(16).maxFieldsCount(4_000).build();

  private static final String LINK =
      "extend schema @link(url: \"https://specs.apollo.dev/federation/v2.3\", import: [\"@key\"])\n\n";

  private static final String TYPE = "__typename";

  /** Entities by type: the field of their key, and what reads them. */
  private static final Map<String, Entity> ENTITIES =
      Map.of(
          "Movie", new Entity("id", Lookup.MOVIE),
          "Talent", new Entity("id", Lookup.TALENT),
          "Deal", new Entity("id", Lookup.DEAL),
          "Vendor", new Entity("code", Lookup.VENDOR),
          "ScheduleDay", new Entity("id", Lookup.SCHEDULE_DAY));

  private final GraphQL graphQl;

  private EdgeGraph(GraphQL graphQl) {
    this.graphQl = graphQl;
  }

  private record Entity(String key, Lookup lookup) {}

  static EdgeGraph create() {
    TypeDefinitionRegistry types = new SchemaParser().parse(text("schema.graphqls"));
    types.merge(new SchemaParser().parse(text("federation.graphqls")));
    return new EdgeGraph(
        GraphQL.newGraphQL(new SchemaGenerator().makeExecutableSchema(types, wiring())).build());
  }

  /** Returns the schema as a federated subgraph tells it. */
  static String schemaText() {
    return LINK + text("schema.graphqls");
  }

  private static String text(String resource) {
    try (InputStream in = EdgeGraph.class.getResourceAsStream(resource)) {
      if (in == null) {
        throw new IllegalStateException("No resource: " + resource);
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Answers a query from what a reading finds; errors stand in the result. */
  ExecutionResult execute(
      String query, @Nullable String operation, Map<String, Object> variables, Reading reading) {
    DataLoaderRegistry loaders = new DataLoaderRegistry();
    for (Lookup lookup : Lookup.values()) {
      loaders.register(
          lookup.name(),
          DataLoaderFactory.newMappedDataLoader((Set<String> keys) -> load(reading, lookup, keys)));
    }
    return graphQl.execute(
        ExecutionInput.newExecutionInput(query)
            .operationName(operation)
            .variables(variables)
            .dataLoaderRegistry(loaders)
            .graphQLContext(Map.of(QueryComplexityLimits.KEY, LIMITS))
            .build());
  }

  /** Reads on the thread that asks: a reading has one connection. */
  private static CompletableFuture<Map<String, Object>> load(
      Reading reading, Lookup lookup, Set<String> keys) {
    try {
      return CompletableFuture.completedFuture(reading.look(lookup, keys));
    } catch (SQLException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  private static RuntimeWiring wiring() {
    return RuntimeWiring.newRuntimeWiring()
        .scalar(Scalars.text("Date"))
        .scalar(Scalars.text("Time"))
        .scalar(Scalars.text("Timestamp"))
        .scalar(Scalars.text("Decimal"))
        .scalar(Scalars.any())
        .type(
            "_Entity",
            type ->
                type.typeResolver(
                    env ->
                        env.getSchema()
                            .getObjectType(String.valueOf(row(env.getObject()).get(TYPE)))))
        .type(
            "Query",
            type ->
                type.dataFetcher("_service", env -> Map.of("sdl", schemaText()))
                    .dataFetcher("_entities", EdgeGraph::entities)
                    .dataFetcher("movies", list("ids", Lookup.MOVIE))
                    .dataFetcher(
                        "movie", env -> loader(env, Lookup.MOVIE).load(argument(env, "id")))
                    .dataFetcher("talent", list("ids", Lookup.TALENT))
                    .dataFetcher("deals", list("ids", Lookup.DEAL))
                    .dataFetcher("vendors", list("codes", Lookup.VENDOR))
                    .dataFetcher("scheduleDays", list("ids", Lookup.SCHEDULE_DAY)))
        .type(
            "Movie",
            type ->
                type.dataFetcher("director", EdgeGraph::director)
                    .dataFetcher("cast", by("key", Lookup.CAST_OF_MOVIE))
                    .dataFetcher("schedule", by("key", Lookup.SCHEDULE_OF_MOVIE))
                    .dataFetcher("deals", by("key", Lookup.DEAL_COUNTS_OF_MOVIE)))
        .type(
            "Schedule",
            type ->
                type.dataFetcher("nextDay", by("key", Lookup.NEXT_DAY_OF_MOVIE))
                    .dataFetcher("days", by("key", Lookup.DAYS_OF_MOVIE)))
        .type(
            "Deals",
            type ->
                type.dataFetcher("fees", by("key", Lookup.FEES_OF_MOVIE))
                    .dataFetcher("openFees", fees("open"))
                    .dataFetcher("signedFees", fees("signed"))
                    .dataFetcher("list", by("key", Lookup.DEALS_OF_MOVIE)))
        .type("CastMember", type -> type.dataFetcher("talent", by("talentId", Lookup.TALENT)))
        .type("ScheduleDay", type -> type.dataFetcher("movie", by("movieId", Lookup.MOVIE)))
        .type(
            "Deal",
            type ->
                type.dataFetcher("movie", by("movieId", Lookup.MOVIE))
                    .dataFetcher("talent", by("talentId", Lookup.TALENT)))
        .build();
  }

  /** A list-by-ids field: one item per id, in their order, null for what does not exist. */
  private static DataFetcher<Object> list(String argument, Lookup lookup) {
    return env -> {
      List<String> ids = env.getArgumentOrDefault(argument, List.of());
      return tooMany(env, ids) ? refusal(env, ids) : loader(env, lookup).loadMany(ids);
    };
  }

  /** What a row refers to by one of its fields. */
  private static DataFetcher<Object> by(String field, Lookup lookup) {
    return env -> {
      Object key = row(env.getSource()).get(field);
      return key == null ? null : loader(env, lookup).load(key.toString());
    };
  }

  private static DataFetcher<Object> fees(String column) {
    return env -> {
      String currency = argument(env, "currency");
      return loader(env, Lookup.FEES_OF_MOVIE)
          .load(String.valueOf(row(env.getSource()).get("key")))
          .thenApply(
              rows ->
                  ((List<?>) rows)
                      .stream()
                          .map(EdgeGraph::row)
                          .filter(row -> String.valueOf(row.get("currency")).equals(currency))
                          .map(row -> (Object) row.get(column))
                          .findFirst()
                          .orElse("0.00"));
    };
  }

  private static @Nullable Object director(DataFetchingEnvironment env) {
    Object name = row(env.getSource()).get("directorName");
    return name == null ? null : Map.of("name", name);
  }

  /** What a gateway asks for by keys; entities of one type are read together. */
  private static Object entities(DataFetchingEnvironment env) {
    List<Map<String, Object>> wanted = env.getArgumentOrDefault("representations", List.of());
    if (tooMany(env, wanted)) {
      return refusal(env, wanted);
    }
    List<CompletableFuture<Object>> found =
        wanted.stream().map(representation -> entity(env, representation)).toList();
    return CompletableFuture.allOf(found.toArray(CompletableFuture[]::new))
        .thenApply(done -> found.stream().map(CompletableFuture::join).toList());
  }

  private static CompletableFuture<Object> entity(
      DataFetchingEnvironment env, Map<String, Object> representation) {
    String type = String.valueOf(representation.get(TYPE));
    Entity entity = ENTITIES.get(type);
    Object key = entity == null ? null : representation.get(entity.key());
    if (entity == null || key == null) {
      return CompletableFuture.completedFuture(null);
    }
    return loader(env, entity.lookup()).load(key.toString()).thenApply(row -> typed(type, row));
  }

  private static @Nullable Object typed(String type, @Nullable Object row) {
    if (row == null) {
      return null;
    }
    Map<String, Object> typed = new LinkedHashMap<>(row(row));
    typed.put(TYPE, type);
    return typed;
  }

  /** What a lookup found: a row by field name. */
  @SuppressWarnings("unchecked")
  private static Map<String, Object> row(@Nullable Object found) {
    return (Map<String, Object>) Objects.requireNonNull(found);
  }

  private static String argument(DataFetchingEnvironment env, String name) {
    return Objects.requireNonNull(env.<Object>getArgument(name)).toString();
  }

  private static DataLoader<String, Object> loader(DataFetchingEnvironment env, Lookup lookup) {
    DataLoader<String, Object> loader = env.getDataLoader(lookup.name());
    if (loader == null) {
      throw new IllegalStateException("No loader for " + lookup);
    }
    return loader;
  }

  private static boolean tooMany(DataFetchingEnvironment env, Collection<?> ids) {
    return ids.size() > MOST_IDS;
  }

  private static Object refusal(DataFetchingEnvironment env, Collection<?> ids) {
    return DataFetcherResult.newResult()
        .error(
            GraphqlErrorBuilder.newError(env)
                .message(
                    "Cannot answer '%s': %d ids are too many. Ask for at most %d at once.",
                    env.getField().getName(), ids.size(), MOST_IDS)
                .build())
        .build();
  }
}
