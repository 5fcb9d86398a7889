package dev.backlot.processors.graphql;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.backlot.model.spec.EndpointSpec;
import dev.backlot.sdk.BatchFunction.SecretSource;
import graphql.introspection.IntrospectionQueryBuilder;
import graphql.introspection.IntrospectionResultToSchema;
import graphql.language.AstPrinter;
import graphql.language.Document;
import java.time.Duration;
import java.util.Map;

/** Asks a graph for its schema. */
public final class GraphIntrospection {
  private static final Duration TIMEOUT = Duration.ofSeconds(10);
  private static final ObjectMapper JSON = new ObjectMapper();

  /** Apollo gateways refuse to answer {@code isOneOf}. */
  private static final String QUERY =
      IntrospectionQueryBuilder.build(
          IntrospectionQueryBuilder.Options.defaultOptions()
              .isOneOf(false)
              .descriptions(false)
              .directiveIsRepeatable(false)
              .schemaDescription(false)
              .specifiedByUrl(false)
              .inputValueDeprecation(false));

  private GraphIntrospection() {}

  /** What a graph said. */
  public sealed interface Outcome {
    /** Its schema, in GraphQL's schema language. */
    record Schema(String text) implements Outcome {}

    /**
     * Nothing of use.
     *
     * @param reason a clause without a final stop, which shows no secret
     */
    record Failed(String reason) implements Outcome {}
  }

  /** Asks, and waits at most ten seconds. */
  public static Outcome ask(EndpointSpec.Config endpoint, SecretSource secrets) {
    GraphqlClient client = new GraphqlClient(endpoint, secrets, TIMEOUT);
    GraphqlClient.Result result = client.send(QUERY, Map.of()).join();
    if (result instanceof GraphqlClient.Result.Failed failed) {
      return new Outcome.Failed(failed.reason());
    }
    GraphqlClient.Result.Data data = (GraphqlClient.Result.Data) result;
    try {
      Map<?, ?> map = JSON.convertValue(data.data(), Map.class);
      @SuppressWarnings("unchecked")
      Document document =
          new IntrospectionResultToSchema().createSchemaDefinition((Map<String, Object>) map);
      String text = AstPrinter.printAst(document);
      GraphSchema.parse(text);
      return new Outcome.Schema(text);
    } catch (RuntimeException | AssertionError e) {
      return new Outcome.Failed("what it says of its schema can't be understood");
    }
  }
}
