package dev.backlot.spec;

import dev.backlot.model.ProblemCode;
import dev.backlot.model.spec.PipelineSpec;
import dev.backlot.model.spec.PipelineSpec.Deletion;
import dev.backlot.model.spec.PipelineSpec.DesiredState;
import dev.backlot.model.spec.PipelineSpec.OnError;
import dev.backlot.model.spec.SpecHeader;
import dev.backlot.model.spec.StartFrom;
import dev.backlot.model.spec.StepSpec;
import java.time.DateTimeException;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.snakeyaml.engine.v2.nodes.MappingNode;

/** Reads the fields of a pipeline and checks its graph. */
final class PipelineReader {
  private PipelineReader() {}

  /**
   * A pipeline as read.
   *
   * @param broken ids of the steps that have problems of their own
   */
  record Read(PipelineSpec spec, Set<String> broken) {}

  static Read read(SpecHeader header, MapReader map, Findings findings) {
    Set<String> broken = new HashSet<>();
    PipelineSpec spec =
        new PipelineSpec(
            header,
            map.choice("state", DesiredState.RUNNING, List.of(DesiredState.values())),
            startFrom(map),
            map.choice("on_error", OnError.STOP, List.of(OnError.values())),
            map.choice("deletion", Deletion.RETAIN, List.of(Deletion.values())),
            map.bool("adopt").orElse(false),
            SettingReader.audit(map),
            SettingReader.pipelineAlerts(map),
            steps(map, findings, broken));
    if (!spec.steps().isEmpty()) {
      GraphCheck.check(spec.steps(), map, findings);
    }
    return new Read(spec, broken);
  }

  private static StartFrom startFrom(MapReader map) {
    String text = map.string("start_from").orElse("earliest");
    if (text.equals("earliest")) {
      return new StartFrom.Earliest();
    }
    if (text.equals("latest")) {
      return new StartFrom.Latest();
    }
    try {
      return new StartFrom.AtTime(OffsetDateTime.parse(text).toInstant());
    } catch (DateTimeException e) {
      map.invalid(
          "start_from",
          "'" + text + "' is not a start",
          "Use earliest, latest or a time such as 2026-01-31T12:00:00Z.");
      return new StartFrom.Earliest();
    }
  }

  private static List<StepSpec> steps(MapReader map, Findings findings, Set<String> broken) {
    if (!map.has("steps")) {
      map.missing("steps");
      return List.of();
    }
    if (map.isEmptyList("steps")) {
      map.invalid("steps", "it has no steps", "Add a source and a sink.");
    }
    List<StepSpec> steps = new ArrayList<>();
    for (MapReader.Element element : map.elements("steps")) {
      if (element.node() instanceof MappingNode mapping) {
        int before = findings.count();
        Optional<StepSpec> step =
            StepReader.read(new MapReader(findings, mapping, element.path()), findings);
        step.ifPresent(steps::add);
        if (findings.count() > before) {
          step.ifPresent(found -> broken.add(found.id()));
        }
      } else {
        findings.report(
            ProblemCode.SPEC_WRONG_SHAPE,
            element.node(),
            element.path(),
            "a step must be a mapping, not " + MapReader.describe(element.node()),
            "Write '- {id: …, source: …}'.");
      }
    }
    return steps;
  }
}
