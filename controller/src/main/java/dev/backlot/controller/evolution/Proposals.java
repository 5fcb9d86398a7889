package dev.backlot.controller.evolution;

import com.fasterxml.jackson.databind.JsonNode;
import dev.backlot.controller.dataplane.DataPlane;
import dev.backlot.controller.dataplane.DataPlane.Planned;
import dev.backlot.controller.evolution.ProposedChange.Effect;
import dev.backlot.controller.web.Json;
import dev.backlot.metadata.DocumentStore;
import dev.backlot.metadata.SourceStore;
import dev.backlot.metadata.SourceStore.StoredSource;
import dev.backlot.model.Problem;
import dev.backlot.model.ProblemCode;
import dev.backlot.model.ProblemException;
import dev.backlot.model.source.SourceName;
import dev.backlot.model.source.SqlIdentifier;
import dev.backlot.model.spec.SpecKind;
import dev.backlot.schema.AvroSchemas;
import dev.backlot.schema.RowSchema;
import dev.backlot.schema.evolution.Outcome;
import dev.backlot.schema.evolution.SchemaChanges;
import dev.backlot.schema.evolution.SchemaProposal;
import dev.backlot.schema.evolution.SchemaVerdict;
import dev.backlot.spec.Suggestion;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Says what changes of tables would mean to the pipelines that run, before anybody makes them, by
 * the function that will judge them. Thread-safe.
 */
public final class Proposals {
  private final SourceStore sources;
  private final DocumentStore documents;
  private final DataPlane dataPlane;
  private final Evolutions evolutions;

  /** Judges for the pipelines that are deployed. */
  public Proposals(
      SourceStore sources, DocumentStore documents, DataPlane dataPlane, Evolutions evolutions) {
    this.sources = sources;
    this.documents = documents;
    this.dataPlane = dataPlane;
    this.evolutions = evolutions;
  }

  /**
   * Judges proposed changes, one answer per Source that they touch; tables that are no Sources
   * concern nobody.
   *
   * @param text as {@link SchemaProposal#parse} reads it
   * @throws ProblemException with everything that is wrong with the proposal
   */
  public List<ProposedChange> judge(String text) {
    List<SchemaProposal> proposals;
    try {
      proposals = SchemaProposal.parse(text);
    } catch (IllegalArgumentException e) {
      throw new ProblemException(
          ProblemCode.SPEC_INVALID_VALUE,
          "Cannot read schema change '%s': %s. Write such as 'studio.public.movie drop region, add rating int', or ALTER TABLE statements."
              .formatted(shown(text), e.getMessage()));
    }
    List<Problem> problems = new ArrayList<>();
    Map<String, RowSchema> before = new LinkedHashMap<>();
    Map<String, Optional<RowSchema>> after = new LinkedHashMap<>();
    for (SchemaProposal proposal : proposals) {
      Optional<StoredSource> source = source(proposal, problems);
      if (source.isPresent()) {
        String name = source.get().descriptor().name();
        RowSchema schema =
            AvroSchemas.rowSchema(AvroSchemas.parse(source.get().descriptor().valueSchema()));
        before.putIfAbsent(name, schema);
        apply(proposal, name, after.getOrDefault(name, Optional.of(schema)), problems)
            .ifPresent(changed -> after.put(name, changed));
      }
    }
    if (!problems.isEmpty()) {
      throw new ProblemException(problems);
    }
    List<ProposedChange> answers = new ArrayList<>();
    before.forEach(
        (name, schema) ->
            answers.add(judge(name, schema, after.getOrDefault(name, Optional.of(schema)))));
    return answers;
  }

  private ProposedChange judge(String source, RowSchema before, Optional<RowSchema> after) {
    List<Effect> effects = new ArrayList<>();
    follow(source, before, after, List.of(), effects);
    return new ProposedChange(
        source,
        after.map(schema -> SchemaChanges.between(before, schema)).orElse(List.of()),
        effects);
  }

  /** Judges all readers of a Source, and of what these publish. */
  private void follow(
      String source,
      RowSchema before,
      Optional<RowSchema> after,
      List<String> via,
      List<Effect> effects) {
    for (Evolutions.Reader reader : evolutions.readers(source)) {
      if (after.isEmpty()) {
        effects.add(ended(reader, via));
        continue;
      }
      SchemaVerdict verdict = SchemaVerdict.judge(before, after.get(), reader.use());
      if (verdict.outcome() != Outcome.CHANGES) {
        effects.add(new Effect(reader, verdict.outcome(), verdict, via, ""));
        continue;
      }
      Planned planned = plan(reader.pipeline(), source, after.get());
      if (!planned.problems().isEmpty()) {
        String why = planned.problems().get(0).message();
        effects.add(new Effect(reader, Outcome.BREAKS, verdict, via, why));
        continue;
      }
      effects.add(new Effect(reader, Outcome.CHANGES, verdict, via, ""));
      published(planned).forEach((name, schema) -> followPublished(name, schema, via, effects));
    }
  }

  private void followPublished(
      String name, RowSchema after, List<String> via, List<Effect> effects) {
    Optional<RowSchema> before =
        sources
            .find(name)
            .map(source -> AvroSchemas.parse(source.descriptor().valueSchema()))
            .map(AvroSchemas::rowSchema);
    if (before.isPresent() && !before.get().equals(after) && !via.contains(name)) {
      List<String> longer = new ArrayList<>(via);
      longer.add(name);
      follow(name, before.get(), Optional.of(after), longer, effects);
    }
  }

  private static Effect ended(Evolutions.Reader reader, List<String> via) {
    return new Effect(
        reader,
        Outcome.BREAKS,
        new SchemaVerdict(List.of()),
        via,
        "its Source ends: nothing more arrives");
  }

  /** Plans a pipeline as if its Source had the schema: what does not fit a table shows here. */
  private Planned plan(String pipeline, String source, RowSchema schema) {
    return documents
        .find(SpecKind.PIPELINE, pipeline)
        .map(
            document ->
                dataPlane.planProposed(
                    document.json(), Map.of(source, AvroSchemas.envelope(schema).toString())))
        .orElseGet(() -> new Planned(Optional.empty(), "", List.of(), List.of(), List.of()));
  }

  /** Returns the schemas of what a plan publishes, by the published Source's name. */
  private static Map<String, RowSchema> published(Planned planned) {
    Map<String, RowSchema> published = new LinkedHashMap<>();
    JsonNode plan = Json.MAPPER.valueToTree(planned.plan().orElse(Map.of()));
    for (JsonNode publication : plan.path("publications")) {
      published.put(
          publication.path("source").asText(),
          AvroSchemas.rowSchema(AvroSchemas.parse(publication.path("value_schema").asText())));
    }
    return published;
  }

  /** Returns the schema as it would be, if any; empty when the proposal does not fit. */
  private static Optional<Optional<RowSchema>> apply(
      SchemaProposal proposal, String source, Optional<RowSchema> now, List<Problem> problems) {
    if (proposal.endsSource()) {
      return Optional.of(Optional.empty());
    }
    try {
      return now.map(schema -> Optional.of(proposal.apply(schema)));
    } catch (IllegalArgumentException e) {
      problems.add(
          Problem.of(
              ProblemCode.PIPELINE_UNKNOWN_FIELD,
              "Cannot change Source '%s': %s. See `backlot describe source %s`."
                  .formatted(source, e.getMessage(), source)));
      return Optional.empty();
    }
  }

  /** Returns the Source that is meant; a table that is none concerns nobody. */
  private Optional<StoredSource> source(SchemaProposal proposal, List<Problem> problems) {
    List<StoredSource> all = sources.list();
    List<String> parts = proposal.table();
    String written = String.join(".", parts.stream().map(SqlIdentifier::quoteIfNeeded).toList());
    List<StoredSource> meant =
        all.stream().filter(source -> matches(source.descriptor().name(), parts)).toList();
    if (meant.size() == 1) {
      return Optional.of(meant.get(0));
    }
    List<String> names = all.stream().map(source -> source.descriptor().name()).toList();
    if (meant.size() > 1) {
      problems.add(
          Problem.of(
              ProblemCode.SPEC_INVALID_VALUE,
              "Cannot judge a change of table '%s': several Sources have it. Name one of %s."
                  .formatted(
                      written,
                      String.join(", ", meant.stream().map(s -> s.descriptor().name()).toList()))));
    } else if (parts.size() > 2) {
      problems.add(
          Problem.of(
              ProblemCode.PIPELINE_UNKNOWN_SOURCE,
              "Cannot judge a change of Source '%s': there is none of this name. %s"
                  .formatted(
                      written,
                      Suggestion.nearest(written, names)
                          .map(near -> "Did you mean '" + near + "'?")
                          .orElse("See `backlot get sources`."))));
    }
    return Optional.empty();
  }

  /** A table in SQL is in some connection, and in the schema public unless it says another one. */
  private static boolean matches(String source, List<String> parts) {
    SourceName name;
    try {
      name = SourceName.parse(source);
    } catch (IllegalArgumentException e) {
      return parts.size() == 1 && parts.get(0).equals(source);
    }
    return switch (parts.size()) {
      case 1 -> name.schema().equals("public") && name.table().equals(parts.get(0));
      case 2 -> name.schema().equals(parts.get(0)) && name.table().equals(parts.get(1));
      default -> parts.equals(List.of(name.connection(), name.schema(), name.table()));
    };
  }

  private static String shown(String text) {
    String line = text.strip().replaceAll("\\s+", " ");
    return line.length() > 80 ? line.substring(0, 80) + "…" : line;
  }
}
