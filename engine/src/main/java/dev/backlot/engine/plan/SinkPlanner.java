package dev.backlot.engine.plan;

import dev.backlot.engine.plan.PlanInputs.TableInput;
import dev.backlot.model.Problem;
import dev.backlot.model.ProblemCode;
import dev.backlot.model.ProblemException;
import dev.backlot.model.plan.PlanSink;
import dev.backlot.model.spec.PipelineSpec;
import dev.backlot.model.spec.StepSpec;
import dev.backlot.schema.Field;
import dev.backlot.schema.SystemColumn;
import dev.backlot.sdk.Shape;
import dev.backlot.sdk.StepInput;
import dev.backlot.spec.Quantities;
import dev.backlot.warehouse.TableColumn;
import dev.backlot.warehouse.TableEvolution;
import dev.backlot.warehouse.TableName;
import dev.backlot.warehouse.TableRequest;
import dev.backlot.warehouse.TableShape;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Plans what is written to a table, ending in a projection to the table's shape. */
public final class SinkPlanner {
  private static final Duration COMMIT_INTERVAL = Duration.ofSeconds(1);

  private SinkPlanner() {}

  /** Returns the table that a sink step names, or why its name is none. */
  static Optional<TableName> table(StepSpec step, Findings findings) {
    try {
      return Optional.of(TableName.parse(String.valueOf(step.config().get("table"))));
    } catch (ProblemException e) {
      e.problems().forEach(problem -> findings.add(step, "config.table", problem));
      return Optional.empty();
    }
  }

  static Optional<PlanSink> plan(
      PipelineSpec spec,
      StepSpec step,
      TableName table,
      Optional<TableInput> existing,
      StepInput input,
      List<String> consumed,
      Map<String, List<String>> formerNames,
      Findings findings) {
    Shape shape = input.shape();
    List<String> present =
        existing.stream()
            .flatMap(found -> found.shape().ownColumns().stream())
            .map(TableColumn::name)
            .toList();
    Map<String, String> renames =
        says(step, "on_rename", "add") ? Map.of() : renames(shape, present, formerNames);
    List<String> drops =
        says(step, "on_drop", "drop")
            ? present.stream()
                .filter(name -> shape.index(name) < 0 && !renames.containsKey(name))
                .toList()
            : List.of();
    TableRequest request = request(spec.name(), table, shape, renames, drops);
    TableEvolution evolution = TableEvolution.of(existing.map(TableInput::shape), request);
    evolution.problems().forEach(problem -> findings.add(step, "config.table", problem));
    Optional<Problem> owned = existing.flatMap(found -> owned(spec, table, found));
    owned.ifPresent(problem -> findings.add(step, "config.table", problem));
    if (!evolution.problems().isEmpty() || owned.isPresent()) {
      return Optional.empty();
    }
    return Optional.of(
        new PlanSink(
            step.id(),
            step.type(),
            input.step(),
            table.toString(),
            Shapes.columns(shape.fields()),
            shape(existing.map(TableInput::shape), request, evolution),
            shape.key(),
            shape.order() == Shape.Order.TIME
                ? "_ts: different Sources share a key"
                : "_epoch, _offset",
            "append",
            commitInterval(step).toMillis(),
            shape.sources(),
            consumed,
            renames,
            drops,
            notes(table, existing, request)));
  }

  /** Returns whether a sink follows a kind of change of its Source. */
  static boolean says(StepSpec step, String setting, String word) {
    return word.equals(step.config().get(setting));
  }

  /** Returns the table's columns that have another name in the Source now. */
  private static Map<String, String> renames(
      Shape shape, List<String> present, Map<String, List<String>> formerNames) {
    Map<String, String> renames = new TreeMap<>();
    for (String name : shape.names()) {
      if (!present.contains(name)) {
        formerNames.getOrDefault(name, List.of()).stream()
            .filter(former -> present.contains(former) && shape.index(former) < 0)
            .findFirst()
            .ifPresent(former -> renames.put(former, name));
      }
    }
    return renames;
  }

  /** Returns what the warehouse is asked for. */
  public static TableRequest request(
      String pipeline,
      TableName table,
      Shape shape,
      Map<String, String> renames,
      List<String> drops) {
    TableRequest.VersionOrder order =
        shape.order() == Shape.Order.TIME
            ? TableRequest.VersionOrder.TIME
            : TableRequest.VersionOrder.OFFSET;
    return new TableRequest(table, shape.fields(), shape.key(), order, pipeline, renames, drops);
  }

  private static Optional<Problem> owned(PipelineSpec spec, TableName table, TableInput found) {
    String owner = found.owner().orElse(spec.name());
    if (owner.equals(spec.name()) || (spec.adopt() && !found.ownerExists())) {
      return Optional.empty();
    }
    String fix =
        found.ownerExists()
            ? "Write another table, or delete that pipeline first."
            : "Write another table, or say `adopt: true` in the pipeline to take it over.";
    return Optional.of(
        Problem.of(
            ProblemCode.TABLE_OWNED_BY_OTHER,
            "Cannot write table '%s': it belongs to pipeline '%s'%s. %s"
                .formatted(table, owner, found.ownerExists() ? "" : ", which was deleted", fix)));
  }

  private static Duration commitInterval(StepSpec step) {
    Object given = step.config().get("commit_interval");
    return given == null
        ? COMMIT_INTERVAL
        : Quantities.parseDuration(String.valueOf(given)).orElse(COMMIT_INTERVAL);
  }

  /** Returns the table's columns as they will be once it is created or extended. */
  private static List<PlanSink.Target> shape(
      Optional<TableShape> current, TableRequest request, TableEvolution evolution) {
    List<PlanSink.Target> targets = new ArrayList<>();
    for (TableColumn column : current.map(TableShape::columns).orElse(List.of())) {
      if (!evolution.drop().contains(column.name())) {
        targets.add(existing(column, request, evolution));
      }
    }
    int at = targets.size();
    for (int i = 0; i < targets.size(); i++) {
      if (targets.get(i).name().equals(SystemColumn.OP.column())) {
        at = i;
        break;
      }
    }
    for (Field field : evolution.add()) {
      targets.add(at++, new PlanSink.Target(field.name(), field.type().notation(), field.name()));
    }
    if (current.isEmpty()) {
      Arrays.stream(SystemColumn.values())
          .map(c -> new PlanSink.Target(c.column(), c.type().notation(), c.column()))
          .forEach(targets::add);
    }
    return targets;
  }

  private static PlanSink.Target existing(
      TableColumn column, TableRequest request, TableEvolution evolution) {
    String name = evolution.rename().getOrDefault(column.name(), column.name());
    boolean system = SystemColumn.ofColumn(name).filter(c -> c.column().equals(name)).isPresent();
    Optional<Field> wanted =
        request.fields().stream().filter(field -> field.name().equals(name)).findFirst();
    boolean changes =
        wanted.isPresent()
            && (evolution.widen().contains(wanted.get())
                || evolution.relabel().contains(wanted.get()));
    String type = (changes ? wanted.get().type() : column.type()).notation();
    return new PlanSink.Target(name, type, system || wanted.isPresent() ? name : "");
  }

  /** Notes say what a plan is, not what changes, so that they outlast the first deployment. */
  private static List<String> notes(
      TableName table, Optional<TableInput> existing, TableRequest request) {
    List<String> notes = new ArrayList<>();
    if (request.key().isEmpty()) {
      notes.add(
          "Its Source has no key, so "
              + table.latest()
              + " shows every row that no delete of the same values has ended.");
    }
    List<String> unfilled =
        existing.stream()
            .flatMap(found -> found.shape().ownColumns().stream())
            .map(TableColumn::name)
            .filter(name -> request.fields().stream().noneMatch(f -> f.name().equals(name)))
            .filter(name -> !request.renames().containsKey(name))
            .filter(name -> !request.drops().contains(name))
            .toList();
    if (!unfilled.isEmpty()) {
      notes.add("Not filled any more: " + String.join(", ", unfilled) + ".");
    }
    return notes;
  }
}
