package dev.backlot.controller.evolution;

import dev.backlot.controller.document.Usage;
import dev.backlot.metadata.DocumentStore;
import dev.backlot.model.ProblemCode;
import dev.backlot.model.ProblemException;
import dev.backlot.model.plan.PlanUse;
import dev.backlot.model.spec.SpecKind;
import dev.backlot.schema.Field;
import dev.backlot.schema.evolution.FieldChange;
import dev.backlot.schema.evolution.FieldVerdict;
import dev.backlot.schema.evolution.Outcome;
import dev.backlot.schema.evolution.Use;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** What a change of a table's columns would break, change or leave safe. */
@RestController
public final class SchemaChangeResource {
  private final Proposals proposals;
  private final DocumentStore documents;

  /** Answers by these proposals. */
  public SchemaChangeResource(Proposals proposals, DocumentStore documents) {
    this.proposals = proposals;
    this.documents = documents;
  }

  /** A change that somebody is about to make. */
  record Request(@Nullable String change) {}

  @PostMapping("/api/v1/plan/schema-change")
  Map<String, Object> plan(@RequestBody Request request) {
    String change = request.change();
    if (change == null) {
      throw new ProblemException(
          ProblemCode.USAGE,
          "Cannot read the request: field 'change' is missing. Send {\"change\":"
              + " \"studio.public.movie drop region\"}.");
    }
    return impact(change);
  }

  /** The same, to be read. */
  @GetMapping("/api/v1/impact")
  Map<String, Object> impact(@RequestParam String change) {
    List<ProposedChange> judged = proposals.judge(change);
    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put(
        "outcome",
        judged.stream().map(ProposedChange::outcome).reduce(Outcome.SAFE, Outcome::and).label());
    answer.put("sources", judged.stream().map(this::source).toList());
    return answer;
  }

  private Map<String, Object> source(ProposedChange change) {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("source", change.source());
    map.put("outcome", change.outcome().label());
    map.put("changes", change.changes().stream().map(SchemaChangeResource::change).toList());
    map.put(
        "pipelines",
        change.readers().stream()
            .sorted(
                Comparator.comparing(ProposedChange.Effect::outcome)
                    .reversed()
                    .thenComparing(effect -> effect.reader().pipeline()))
            .map(this::effect)
            .toList());
    return map;
  }

  private static Map<String, Object> change(FieldChange change) {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("field", change.name());
    map.put("change", change.kind().label());
    change.before().map(Field::type).ifPresent(type -> map.put("before", type.notation()));
    change.after().map(Field::type).ifPresent(type -> map.put("after", type.notation()));
    return map;
  }

  private Map<String, Object> effect(ProposedChange.Effect effect) {
    Map<String, Object> map = new LinkedHashMap<>();
    String pipeline = effect.reader().pipeline();
    map.put("pipeline", pipeline);
    map.put("owner", owner(pipeline));
    map.put("outcome", effect.outcome().label());
    map.put("opted_in", effect.reader().use().open());
    if (!effect.via().isEmpty()) {
      map.put("via", effect.via());
    }
    if (!effect.note().isEmpty()) {
      map.put("note", effect.note());
    }
    List<Map<String, Object>> fields = new ArrayList<>();
    TreeSet<String> tables = new TreeSet<>();
    for (FieldVerdict verdict : effect.verdict().fields()) {
      if (verdict.use().isPresent() || verdict.outcome() != Outcome.SAFE) {
        PlanUse use = effect.reader().planned().use(verdict.field());
        fields.add(field(verdict, use));
        use.columns().forEach(column -> tables.add(column.substring(0, column.lastIndexOf('.'))));
      }
    }
    map.put("fields", fields);
    map.put("tables", List.copyOf(tables));
    return map;
  }

  private static Map<String, Object> field(FieldVerdict verdict, PlanUse use) {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("field", verdict.field());
    map.put("change", verdict.kind().label());
    if (!verdict.becomes().isEmpty()) {
      map.put("becomes", verdict.becomes());
    }
    map.put("outcome", verdict.outcome().label());
    map.put("use", verdict.use().map(Use::label).orElse("none"));
    map.put("reason", verdict.reason());
    if (verdict.use().isPresent()) {
      map.put("steps", use.steps());
      map.put("columns", use.columns());
    }
    return map;
  }

  private String owner(String pipeline) {
    return documents
        .find(SpecKind.PIPELINE, pipeline)
        .flatMap(Usage::pipeline)
        .map(spec -> spec.header().owner())
        .orElse("");
  }
}
