package dev.backlot.engine.answer;

import dev.backlot.engine.plan.Shapes;
import dev.backlot.engine.source.JsonValues;
import dev.backlot.model.ProblemCode;
import dev.backlot.model.ProblemException;
import dev.backlot.model.plan.PipelinePlan;
import dev.backlot.model.plan.PlanStep;
import dev.backlot.processors.Processors;
import dev.backlot.schema.Field;
import dev.backlot.sdk.BatchFunction;
import dev.backlot.sdk.BatchFunction.Answer;
import dev.backlot.sdk.BatchFunction.Question;
import dev.backlot.sdk.BatchFunction.Reply;
import dev.backlot.sdk.BatchFunction.SecretSource;
import dev.backlot.sdk.Batching;
import dev.backlot.sdk.ProcessorPlan;
import dev.backlot.sdk.Shape;
import dev.backlot.sdk.StepInput;
import dev.backlot.sdk.Work;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import org.apache.flink.table.data.GenericRowData;
import org.jspecify.annotations.Nullable;

/**
 * Asks a step's graph about rows as the step itself would, but outside of its job and without its
 * cache: what it answers now is what its rows should show. One request at a time. Thread-safe.
 */
public final class CurrentAnswers {
  private final Processors processors;
  private final SecretSource secrets;

  /**
   * Asks with these processors.
   *
   * @param secrets reads what endpoints' headers refer to
   */
  public CurrentAnswers(Processors processors, SecretSource secrets) {
    this.processors = processors;
    this.secrets = secrets;
  }

  /** What came of asking about one row. */
  public sealed interface Outcome {
    /**
     * The graph answered.
     *
     * @param values of the step's added fields, by name, as plain JSON values
     */
    record Found(Map<String, @Nullable Object> values) implements Outcome {}

    /** There is nothing for this row: it has null there, or is deleted, as the step says. */
    record Missing(boolean deletes) implements Outcome {}

    /** Nothing can be said now. */
    record Unknown(String reason) implements Outcome {}
  }

  /**
   * Asks about rows.
   *
   * @param step id of a step that asks a graph
   * @param rows canonical texts by the names of the step's input fields; what is left out is NULL
   * @return an outcome per row, in order
   * @throws ProblemException NOT_FOUND when the plan has no such step, or it asks nothing
   */
  public List<Outcome> ask(
      PipelinePlan plan, String step, List<Map<String, @Nullable String>> rows) {
    PlanStep planned =
        plan.steps().stream()
            .filter(s -> s.id().equals(step))
            .findFirst()
            .orElseThrow(() -> nothingToAsk(plan, step));
    Map<String, Shape> shapes = Shapes.of(plan, type -> processors.find(type).orElseThrow());
    List<StepInput> inputs = Shapes.inputs(planned, shapes);
    ProcessorPlan made =
        processors.find(planned.processor()).orElseThrow().plan(planned.config(), inputs);
    if (!(made instanceof ProcessorPlan.Runnable runnable)
        || !(runnable.work() instanceof Work.Batched batched)) {
      throw nothingToAsk(plan, step);
    }
    Shape input = inputs.get(0).shape();
    List<Field> added =
        runnable
            .output()
            .fields()
            .subList(input.fields().size(), runnable.output().fields().size());
    try (BatchFunction function = batched.functions().open(secrets)) {
      return new Asking(function, batched, input, added).ask(rows);
    }
  }

  private static ProblemException nothingToAsk(PipelinePlan plan, String step) {
    return new ProblemException(
        ProblemCode.NOT_FOUND,
        "Cannot ask step '%s' of pipeline '%s': it is no step that asks a graph. See `backlot describe pipeline %s`."
            .formatted(step, plan.pipeline(), plan.pipeline()));
  }

  /** The rows of one call. */
  private record Asking(BatchFunction function, Work.Batched work, Shape input, List<Field> added) {

    List<Outcome> ask(List<Map<String, @Nullable String>> rows) {
      Map<Question, Outcome> outcomes = new LinkedHashMap<>();
      List<Optional<Question>> questions = new ArrayList<>();
      List<Question> batch = new ArrayList<>();
      for (Map<String, @Nullable String> row : rows) {
        Optional<Question> question = question(row);
        questions.add(question);
        if (question.isPresent()
            && outcomes.putIfAbsent(question.get(), new Outcome.Unknown("it was not asked"))
                == null) {
          batch.add(question.get());
        }
        if (batch.size() == work.batching().size()) {
          ask(batch, outcomes);
          batch.clear();
        }
      }
      ask(batch, outcomes);
      return questions.stream()
          .map(question -> question.map(outcomes::get).orElse(missing()))
          .toList();
    }

    private Optional<Question> question(Map<String, @Nullable String> row) {
      GenericRowData data = new GenericRowData(input.width());
      row.forEach(
          (name, text) -> {
            int index = input.index(name);
            if (index >= 0 && text != null) {
              CanonicalFields.value(input.fields().get(index).type(), text)
                  .ifPresent(value -> data.setField(index, value));
            }
          });
      return function.question(data);
    }

    private void ask(List<Question> batch, Map<Question, Outcome> outcomes) {
      if (batch.isEmpty()) {
        return;
      }
      Reply reply = reply(batch);
      if (reply instanceof Reply.Answers answers) {
        for (int i = 0; i < batch.size(); i++) {
          Answer answer = answers.answers().get(i);
          boolean alone = answer instanceof Answer.Unclear && batch.size() > 1;
          if (alone) {
            ask(List.of(batch.get(i)), outcomes);
          } else {
            outcomes.put(batch.get(i), outcome(answer));
          }
        }
      } else if (reply instanceof Reply.Failed failed) {
        if (failed.fault() == BatchFunction.Fault.QUESTION && batch.size() > 1) {
          batch.forEach(question -> ask(List.of(question), outcomes));
        } else {
          batch.forEach(q -> outcomes.put(q, new Outcome.Unknown(failed.reason())));
        }
      }
    }

    private Reply reply(List<Question> batch) {
      try {
        return function.ask(List.copyOf(batch)).join();
      } catch (CompletionException e) {
        return new Reply.Failed(
            BatchFunction.Fault.PASSING, String.valueOf(e.getMessage()), Optional.empty());
      }
    }

    private Outcome outcome(Answer answer) {
      if (answer instanceof Answer.Found found) {
        Map<String, @Nullable Object> values = new LinkedHashMap<>();
        for (int i = 0; i < added.size(); i++) {
          values.put(
              added.get(i).name(), JsonValues.of(found.values().get(i), added.get(i).type()));
        }
        return new Outcome.Found(values);
      }
      if (answer instanceof Answer.Failed failed) {
        return new Outcome.Unknown(failed.reason());
      }
      return answer instanceof Answer.Missing ? missing() : new Outcome.Unknown("it is unclear");
    }

    private Outcome missing() {
      return new Outcome.Missing(work.batching().missing() == Batching.Missing.DELETE);
    }
  }
}
