package dev.backlot.controller.access;

import com.fasterxml.jackson.databind.JsonNode;
import dev.backlot.controller.access.AccessLog.Subject;
import dev.backlot.controller.web.Json;
import dev.backlot.metadata.BackfillStore;
import dev.backlot.metadata.DocumentStore;
import dev.backlot.metadata.DumpStore;
import dev.backlot.metadata.IncidentStore;
import dev.backlot.metadata.MetadataDatabase;
import dev.backlot.metadata.SourceStore;
import dev.backlot.metadata.SourceStore.StoredSource;
import dev.backlot.model.Problem;
import dev.backlot.model.ProblemCode;
import dev.backlot.model.source.SourceName;
import dev.backlot.model.spec.SpecKind;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.LongFunction;

/**
 * Which team's things are which: a document's is its {@code owner} as it stands; a Source's that of
 * the document that describes it, else of its connection or of the pipeline that publishes it; a
 * table's that of the pipeline that writes it. Thread-safe.
 */
public final class Ownership {
  private final DocumentStore documents;
  private final SourceStore sources;
  private final DumpStore dumps;
  private final BackfillStore backfills;
  private final IncidentStore incidents;
  private final Function<String, Optional<String>> pipelineOfTable;
  private final Function<String, Optional<String>> ownerOfAudit;

  /**
   * Looks into a metadata database.
   *
   * @param pipelineOfTable finds who writes a table by its name
   * @param ownerOfAudit finds whose an audit is that no document declares
   */
  public Ownership(
      MetadataDatabase metadata,
      Function<String, Optional<String>> pipelineOfTable,
      Function<String, Optional<String>> ownerOfAudit) {
    this.documents = metadata.documents();
    this.sources = metadata.sources();
    this.dumps = metadata.dumps();
    this.backfills = metadata.backfills();
    this.incidents = metadata.incidents();
    this.pipelineOfTable = pipelineOfTable;
    this.ownerOfAudit = ownerOfAudit;
  }

  /**
   * Returns something with the team that it belongs to.
   *
   * @param kind one or many, as in a path or a document, such as {@code sources} or {@code Source}
   */
  public Subject subject(String kind, String name) {
    String noun = noun(kind);
    return new Subject(noun, name, owner(noun, name).orElse(""));
  }

  /** Returns the team that something belongs to; empty when there is no such thing or team. */
  public Optional<String> owner(String kind, String name) {
    Optional<String> owner =
        switch (noun(kind)) {
          case "pipeline" -> ofDocument(SpecKind.PIPELINE, name);
          case "connection" -> ofDocument(SpecKind.CONNECTION, name);
          case "endpoint" -> ofDocument(SpecKind.ENDPOINT, name);
          case "route" -> ofDocument(SpecKind.ROUTE, name);
          case "audit" -> ofDocument(SpecKind.AUDIT, name).or(() -> ownerOfAudit.apply(name));
          case "source" -> ofSource(name);
          case "table" ->
              pipelineOfTable.apply(name).flatMap(found -> ofDocument(SpecKind.PIPELINE, found));
          case "dump" -> numbered(name, dumps::find).flatMap(dump -> ofSource(dump.source()));
          case "backfill" ->
              numbered(name, backfills::find)
                  .flatMap(run -> ofDocument(SpecKind.PIPELINE, run.pipeline()));
          case "incident" -> numbered(name, incidents::find).map(found -> found.cause().owner());
          default -> Optional.empty();
        };
    return owner.filter(team -> !team.isEmpty());
  }

  /**
   * Judges the write of a document: it must be of one of the caller's teams as it stands and as it
   * is to be, so that nobody takes over or gives away by rewriting {@code owner}.
   *
   * @param verb such as {@code apply} or {@code delete}
   * @param json what it is to be; empty for a deletion
   * @return the problem, when it is not allowed
   */
  public Optional<Problem> refusal(
      Caller caller, String verb, SpecKind kind, String name, String json) {
    boolean source = kind == SpecKind.SOURCE;
    Optional<String> standing =
        source
            ? Optional.of(ofSource(name).orElse(""))
            : documents.find(kind, name).map(found -> text(found.json(), "owner"));
    Optional<String> wanted = json.isEmpty() ? Optional.empty() : Optional.of(text(json, "owner"));
    if (source) {
      // One that names no owner leaves the Source to the team of what feeds it.
      wanted = wanted.filter(team -> !team.isEmpty());
    }
    String noun = kind.label().toLowerCase(Locale.ROOT);
    Role role = source ? Role.OWNER : Role.BUILDER;
    if (!caller.has(role)) {
      return Optional.of(needsRole(verb, noun, name, role));
    }
    if (standing.isPresent() && !caller.isIn(standing.get())) {
      return Optional.of(notOwn(verb, noun, name, standing.get()));
    }
    if (wanted.isPresent() && !caller.isIn(wanted.get())) {
      String cause =
          wanted.get().isEmpty()
              ? "it has no owner, and only an admin may write what is nobody's. "
              : "it would belong to '" + wanted.get() + "', which is not a team of yours. ";
      return Optional.of(
          Problem.of(
              ProblemCode.FORBIDDEN,
              "Cannot " + verb + " " + noun + " '" + name + "': " + cause + teams(caller)));
    }
    return Optional.empty();
  }

  /** Says that something is another team's. */
  static Problem notOwn(String verb, String noun, String name, String owner) {
    return Problem.of(
        ProblemCode.FORBIDDEN,
        "Cannot "
            + verb
            + " "
            + noun
            + " '"
            + name
            + "': "
            + (owner.isEmpty()
                ? "it has no owner, and what is nobody's is for admins. Ask an admin."
                : "it belongs to '"
                    + owner
                    + "', which is not a team of yours. Ask that team, or an admin."));
  }

  private static Problem needsRole(String verb, String noun, String name, Role role) {
    return Problem.of(
        ProblemCode.FORBIDDEN,
        "Cannot "
            + verb
            + " "
            + noun
            + " '"
            + name
            + "': it needs the role "
            + role.label()
            + ". Ask an admin for it.");
  }

  private static String teams(Caller caller) {
    return caller.teams().isEmpty()
        ? "You are in no team: ask an admin to add you to one."
        : "Write 'owner: "
            + caller.teams().stream().sorted().toList().get(0)
            + "', or ask an admin.";
  }

  private Optional<String> ofDocument(SpecKind kind, String name) {
    return documents.find(kind, name).map(found -> text(found.json(), "owner"));
  }

  private Optional<String> ofSource(String name) {
    String canonical = SourceName.canonical(name);
    return ofDocument(SpecKind.SOURCE, canonical)
        .filter(team -> !team.isEmpty())
        .or(() -> ofFeeder(canonical));
  }

  private Optional<String> ofFeeder(String name) {
    return sources
        .findEvenRemoved(name)
        .map(StoredSource::descriptor)
        .flatMap(
            source ->
                source.publisher().exists()
                    ? ofDocument(SpecKind.PIPELINE, source.publisher().pipeline())
                    : ofDocument(SpecKind.CONNECTION, source.connection()));
  }

  private static <T> Optional<T> numbered(String name, LongFunction<Optional<T>> store) {
    return name.matches("\\d{1,18}") ? store.apply(Long.parseLong(name)) : Optional.empty();
  }

  private static String text(String json, String field) {
    JsonNode value = Json.readTree(json).path(field);
    return value.isTextual() ? value.asText() : "";
  }

  /** Returns a kind as one names one of them, such as {@code source} for {@code sources}. */
  static String noun(String kind) {
    String lower = kind.toLowerCase(Locale.ROOT);
    return lower.endsWith("s") ? lower.substring(0, lower.length() - 1) : lower;
  }
}
