package dev.backlot.processors.graphql;

import com.fasterxml.jackson.databind.JsonNode;
import dev.backlot.processors.graphql.Enrichment.By;
import dev.backlot.processors.graphql.Enrichment.Taken;
import dev.backlot.processors.graphql.Enrichment.Variable;
import dev.backlot.sdk.BatchFunction;
import dev.backlot.sdk.Shape;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import org.apache.flink.table.data.RowData;
import org.jspecify.annotations.Nullable;

/**
 * Asks a graph about many rows in one request. A question is the values of the variables, followed
 * by what the answer's item is matched with, as text.
 */
final class GraphqlFunction implements BatchFunction {
  private static final String PROBE = "{ __typename }";

  private final Enrichment enrichment;
  private final GraphqlClient client;
  private final List<RowValues> variables;
  private final List<RowValues> matches;
  private final List<List<String>> matchPaths;
  private final AliasedDocument aliased;

  GraphqlFunction(Enrichment enrichment, Shape input, SecretSource secrets) {
    this(
        enrichment, input, new GraphqlClient(enrichment.endpoint(), secrets, enrichment.timeout()));
  }

  GraphqlFunction(Enrichment enrichment, Shape input, GraphqlClient client) {
    this.enrichment = enrichment;
    this.client = client;
    this.variables =
        enrichment.variables().stream().map(v -> new RowValues(input, v.field())).toList();
    this.matches =
        enrichment.match().values().stream().map(field -> new RowValues(input, field)).toList();
    this.matchPaths =
        enrichment.match().keySet().stream().map(path -> List.of(path.split("\\."))).toList();
    this.aliased =
        new AliasedDocument(
            enrichment.query(),
            enrichment.variables().stream().map(Variable::name).collect(Collectors.toSet()));
  }

  @Override
  public Optional<Question> question(RowData row) {
    List<Object> values = new ArrayList<>(variables.size() + matches.size());
    for (RowValues variable : variables) {
      Object value = variable.of(row);
      if (value == null) {
        return Optional.empty();
      }
      values.add(value);
    }
    for (RowValues match : matches) {
      Object value = match.of(row);
      if (value == null) {
        return Optional.empty();
      }
      values.add(canonical(value.toString()));
    }
    return Optional.of(new Question(values));
  }

  @Override
  public CompletableFuture<Reply> probe() {
    return client
        .send(PROBE, Map.of())
        .thenApply(
            result ->
                result instanceof GraphqlClient.Result.Failed failed
                    ? failed(failed)
                    : new Reply.Answers(List.of()));
  }

  @Override
  public CompletableFuture<Reply> ask(List<Question> questions) {
    String query = enrichment.by() == By.LIST ? enrichment.query() : aliased.text(questions.size());
    return client
        .send(query, values(questions))
        .thenApply(result -> reply(result, questions))
        .exceptionally(
            failure ->
                new Reply.Failed(
                    Fault.QUESTION,
                    "its answer can't be understood (" + failure.getClass().getSimpleName() + ")",
                    Optional.empty()));
  }

  private Map<String, Object> values(List<Question> questions) {
    Map<String, Object> values = new LinkedHashMap<>();
    if (enrichment.by() == By.LIST) {
      values.put(
          enrichment.variables().get(0).name(),
          questions.stream()
              .map(question -> sent(0, question.values().get(0)))
              .distinct()
              .toList());
      return values;
    }
    for (int i = 0; i < questions.size(); i++) {
      for (int k = 0; k < enrichment.variables().size(); k++) {
        values.put(
            AliasedDocument.variable(enrichment.variables().get(k).name(), i),
            sent(k, questions.get(i).values().get(k)));
      }
    }
    return values;
  }

  /** Text and ID take text; large numbers would lose digits on the way otherwise. */
  private Object sent(int variable, Object value) {
    String type = enrichment.variables().get(variable).type().replaceAll("[\\[\\]!]", "");
    return type.equals("ID") || type.equals("String") ? value.toString() : value;
  }

  private Reply failed(GraphqlClient.Result.Failed failed) {
    return new Reply.Failed(failed.fault(), client.masked(failed.reason()), failed.retryAfter());
  }

  private Reply reply(GraphqlClient.Result result, List<Question> questions) {
    if (result instanceof GraphqlClient.Result.Failed failed) {
      return failed(failed);
    }
    GraphqlClient.Result.Data answered = (GraphqlClient.Result.Data) result;
    for (JsonNode error : answered.errors()) {
      if (GraphqlClient.kind(error) == Fault.REQUEST && !isOfOne(error)) {
        return new Reply.Failed(Fault.REQUEST, answered(error), Optional.empty());
      }
    }
    return enrichment.by() == By.LIST ? byList(answered, questions) : byAlias(answered, questions);
  }

  /** Returns whether an error says which item it is about. */
  private boolean isOfOne(JsonNode error) {
    return enrichment.by() == By.LIST
        ? error.path("path").path(1).isInt()
        : error.path("path").path(0).isTextual();
  }

  private Reply byAlias(GraphqlClient.Result.Data answered, List<Question> questions) {
    Map<String, JsonNode> errors = new HashMap<>();
    for (JsonNode error : answered.errors()) {
      if (!isOfOne(error)) {
        return whole(error);
      }
      errors.putIfAbsent(error.path("path").path(0).asText(), error);
    }
    List<Answer> answers = new ArrayList<>(questions.size());
    for (int i = 0; i < questions.size(); i++) {
      String alias = AliasedDocument.alias(i);
      JsonNode error = errors.get(alias);
      answers.add(error == null ? answer(answered.data().path(alias)) : failed(error));
    }
    return new Reply.Answers(answers);
  }

  private Reply byList(GraphqlClient.Result.Data answered, List<Question> questions) {
    JsonNode items = answered.data().path(enrichment.root());
    Map<Integer, JsonNode> errors = new HashMap<>();
    for (JsonNode error : answered.errors()) {
      if (!isOfOne(error)) {
        return questions.size() == 1 ? new Reply.Answers(List.of(failed(error))) : whole(error);
      }
      errors.putIfAbsent(error.path("path").path(1).asInt(), error);
    }
    Map<List<String>, Integer> asked = new HashMap<>();
    for (int i = 0; i < questions.size(); i++) {
      asked.put(keyOf(questions.get(i)), i);
    }
    @Nullable Answer[] answers = new Answer[questions.size()];
    boolean lost = false;
    for (int i = 0; i < items.size(); i++) {
      Integer of = asked.get(keyOf(items.get(i)));
      JsonNode error = errors.get(i);
      if (of == null) {
        lost |= error != null;
      } else if (answers[of] == null) {
        answers[of] = error == null ? answer(items.get(i)) : failed(error);
      }
    }
    // An item that failed as a whole does not say whom it is about.
    Answer rest = lost ? unclear(questions, errors) : new Answer.Missing();
    return new Reply.Answers(
        Arrays.stream(answers).map(answer -> answer == null ? rest : answer).toList());
  }

  private Answer unclear(List<Question> questions, Map<Integer, JsonNode> errors) {
    return questions.size() == 1 ? failed(errors.values().iterator().next()) : new Answer.Unclear();
  }

  private String answered(JsonNode error) {
    return "it answered: " + client.masked(GraphqlClient.reason(error));
  }

  private Reply whole(JsonNode error) {
    return new Reply.Failed(GraphqlClient.kind(error), answered(error), Optional.empty());
  }

  private Answer failed(JsonNode error) {
    return new Answer.Failed(GraphqlClient.kind(error) == Fault.PASSING, answered(error));
  }

  private Answer answer(JsonNode item) {
    if (item.isNull() || item.isMissingNode()) {
      return new Answer.Missing();
    }
    List<@Nullable Object> values = new ArrayList<>(enrichment.take().size());
    for (Taken taken : enrichment.take()) {
      try {
        values.add(JsonValues.read(item, taken.keys(), taken.type()));
      } catch (JsonValues.NotOfType e) {
        return new Answer.Failed(
            false, "'" + taken.path() + "' has another type: " + e.getMessage());
      }
    }
    return new Answer.Found(values);
  }

  private List<String> keyOf(Question question) {
    return question.values().subList(variables.size(), question.values().size()).stream()
        .map(Object::toString)
        .toList();
  }

  private List<String> keyOf(JsonNode item) {
    if (!item.isObject()) {
      return Collections.emptyList();
    }
    List<String> key = new ArrayList<>(matchPaths.size());
    for (List<String> path : matchPaths) {
      JsonNode at = item;
      for (String step : path) {
        at = at.path(step);
      }
      key.add(canonical(at.asText()));
    }
    return key;
  }

  /** A bigint 7, an ID "7" and a float 7.0 are the same; so are a uuid's upper and lower case. */
  private static String canonical(String text) {
    int length = text.length();
    if (length > 0 && length < 40 && (text.charAt(0) == '-' || Character.isDigit(text.charAt(0)))) {
      if (text.indexOf('.') > 0) {
        try {
          return new BigDecimal(text).stripTrailingZeros().toPlainString();
        } catch (NumberFormatException e) {
          return text;
        }
      }
    }
    return length == 36 && text.charAt(8) == '-' && text.charAt(13) == '-'
        ? text.toLowerCase(java.util.Locale.ROOT)
        : text;
  }

  @Override
  public void close() {
    // the client's threads end with it
  }
}
