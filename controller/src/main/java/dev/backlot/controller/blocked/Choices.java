package dev.backlot.controller.blocked;

import dev.backlot.model.Problem;
import dev.backlot.model.spec.PipelineSpec;
import dev.backlot.schema.FieldType;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What the owner of a blocked pipeline can choose for a field, as APIs and people are told. */
final class Choices {
  private Choices() {}

  /**
   * Returns the choices, each as {@code {"choice", "means", "command"?, "fields"?, "instead"?}}.
   *
   * @param sourceNeeded whether the field's name alone does not say which Source is meant
   */
  static List<Map<String, Object>> of(
      PipelineSpec spec, BrokenField field, PlannedFields planned, boolean sourceNeeded) {
    String begin =
        "backlot resolve pipeline "
            + spec.name()
            + " --field "
            + quoted(field.name())
            + (sourceNeeded ? " --source " + quoted(field.source()) : "");
    List<Map<String, Object>> choices = new ArrayList<>();
    if (field.isGone()) {
      List<String> substitutes = field.substitutes();
      if (!substitutes.isEmpty()) {
        Map<String, Object> map =
            choice(
                "map",
                "Another field is read in its place.",
                begin + " --map " + quoted(substitutes.get(0)));
        map.put("fields", substitutes);
        choices.add(map);
      }
      if (isWritable(field.consumed().type())) {
        choices.add(
            choice(
                "default",
                "One value stands for it in every event that lacks it.",
                begin + " --default VALUE"));
      }
    } else if (field.isAcceptable()) {
      choices.add(choice("accept", "It is read as it is now.", begin + " --accept"));
    }
    choices.add(stopConsuming(spec, field, planned, begin));
    choices.add(
        choice(
            "wait",
            "Once the Source has the field again as it was, the pipeline goes on by itself.",
            ""));
    return choices;
  }

  private static Map<String, Object> stopConsuming(
      PipelineSpec spec, BrokenField field, PlannedFields planned, String begin) {
    List<Problem> problems =
        Resolver.resolve(spec, field, new Resolution.StopConsuming(), planned).problems();
    Map<String, Object> choice =
        choice(
            "stop_consuming",
            "The pipeline does without it; where it arrived, it stays empty from then on.",
            problems.isEmpty() ? begin + " --stop-consuming" : "");
    if (!problems.isEmpty()) {
      choice.put("instead", problems.stream().map(Problem::message).toList());
    }
    return choice;
  }

  private static Map<String, Object> choice(String choice, String means, String command) {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("choice", choice);
    map.put("means", means);
    if (!command.isEmpty()) {
      map.put("command", command);
    }
    return map;
  }

  /** Returns whether a document can have a value of this type. */
  private static boolean isWritable(FieldType type) {
    return type instanceof FieldType.Text
        || type instanceof FieldType.Decimal
        || (type instanceof FieldType.Simple simple
            && switch (simple) {
              case BOOLEAN, INT, LONG, FLOAT, DOUBLE, UUID, DATE, TIMESTAMP, TIMESTAMPTZ -> true;
              default -> false;
            });
  }

  /** Returns a name as a shell takes it. */
  private static String quoted(String name) {
    return name.matches("[A-Za-z0-9_.]+") ? name : "'" + name.replace("'", "'\\''") + "'";
  }
}
