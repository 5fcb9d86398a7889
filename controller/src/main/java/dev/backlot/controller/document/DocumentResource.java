package dev.backlot.controller.document;

import dev.backlot.controller.access.Caller;
import dev.backlot.controller.pipeline.Reconciler;
import dev.backlot.controller.secret.SecretAccess;
import dev.backlot.controller.web.Json;
import dev.backlot.metadata.DocumentStore;
import dev.backlot.metadata.DocumentStore.Revision;
import dev.backlot.metadata.DocumentStore.StoredDocument;
import dev.backlot.metadata.DocumentStore.Write;
import dev.backlot.metadata.DraftStore;
import dev.backlot.metadata.PipelineStore;
import dev.backlot.model.ProblemCode;
import dev.backlot.model.ProblemException;
import dev.backlot.model.spec.SpecKind;
import dev.backlot.spec.Documents;
import dev.backlot.spec.SpecReader;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;

/** Sets of documents: validate, plan, diff, apply. */
@RestController
public final class DocumentResource {
  private final ChangePlanner planner;
  private final DocumentStore documents;
  private final DraftStore drafts;
  private final PipelineStore pipelines;
  private final Reconciler reconciler;
  private final DocumentAccess access;
  private final SecretAccess secrets;

  /** Serves sets of documents. */
  public DocumentResource(
      ChangePlanner planner,
      DocumentStore documents,
      DraftStore drafts,
      PipelineStore pipelines,
      Reconciler reconciler,
      DocumentAccess access,
      SecretAccess secrets) {
    this.access = access;
    this.secrets = secrets;
    this.planner = planner;
    this.documents = documents;
    this.drafts = drafts;
    this.pipelines = pipelines;
    this.reconciler = reconciler;
  }

  /** A file as the user has it. */
  record File(String name, String text) {}

  /**
   * A set of documents.
   *
   * @param prune whether documents that stand but are not in the files are deleted
   * @param expectedRevision the revision that each of them must be a change of, 0 for new ones; any
   *     unless given
   * @param message why, for the history
   */
  record Request(
      List<File> files, boolean prune, @Nullable Long expectedRevision, @Nullable String message) {
    Map<String, String> byName() {
      if (files == null) {
        throw new ProblemException(
            ProblemCode.USAGE,
            "Cannot read the request: field 'files' is missing. Send {\"files\": [{\"name\": …,"
                + " \"text\": …}]}.");
      }
      Map<String, String> map = new LinkedHashMap<>();
      files.forEach(file -> map.put(file.name(), file.text()));
      return map;
    }
  }

  @PostMapping("/api/v1/validate")
  Map<String, Object> validate(@RequestBody Request request) {
    Documents read = SpecReader.readAll(request.byName());
    return Map.of("documents", read.orThrow().size());
  }

  @PostMapping("/api/v1/plan")
  Map<String, Object> plan(@RequestBody Request request, Caller caller) {
    ChangeSet set = planner.plan(request.byName(), request.prune(), caller, "plan").orThrow();
    return answer(set, List.of());
  }

  @PostMapping("/api/v1/diff")
  Map<String, Object> diff(@RequestBody Request request) {
    ChangeSet set = planner.compareOnly(request.byName(), request.prune()).orThrow();
    List<Map<String, Object>> items = new ArrayList<>();
    for (Change change : set.changes()) {
      Map<String, Object> item = item(change);
      Object before = change.current().map(d -> (Object) Json.readMap(d.json())).orElse(null);
      Object after = change.json().isEmpty() ? null : Json.readMap(change.json());
      item.put("changes", Difference.between(before, after));
      items.add(item);
    }
    return Map.of("documents", items, "changes", set.hasChanges());
  }

  /** All or nothing: either every document is written, in one transaction, or none is. */
  @PostMapping("/api/v1/apply")
  Map<String, Object> apply(@RequestBody Request request, Caller caller) {
    ChangeSet compared = planner.compareOnly(request.byName(), request.prune());
    if (request.expectedRevision() != null) {
      checkRevisions(compared, request.expectedRevision());
    }
    ChangeSet set = planner.plan(request.byName(), request.prune(), caller, "apply").orThrow();
    access.require(caller, set);
    String message = request.message() == null ? "" : request.message();
    List<Write> writes = new ArrayList<>();
    List<StoredDocument> deletions = new ArrayList<>();
    for (Change change : set.changes()) {
      if (change.isWrite()) {
        writes.add(
            new Write(
                change.kind(),
                change.name(),
                change.json(),
                change.currentRevision(),
                caller.name(),
                message));
      } else if (change.action() == Change.Action.DELETE) {
        change.current().ifPresent(deletions::add);
      }
    }
    List<Long> revisions =
        writes.isEmpty() && deletions.isEmpty()
            ? List.of()
            : secrets.write(caller, writes, deletions);
    access.record(caller, writes, revisions, deletions);
    keepTexts(request.byName(), set, revisions);
    restartAskers(set);
    reconciler.wake();
    return answer(set, revisions);
  }

  private void checkRevisions(ChangeSet set, long expected) {
    for (Change change : set.changes()) {
      if (change.currentRevision() != expected) {
        String stands =
            change.currentRevision() == 0
                ? "it does not exist any more"
                : documents.revisions(change.kind(), change.name()).stream()
                    .findFirst()
                    .map(r -> "it is at revision " + r.revision() + by(r.author()))
                    .orElse("it is at another revision");
        throw new ProblemException(
            ProblemCode.CONFLICT,
            "Cannot apply %s: %s, and this is a change of revision %d. Look at both, and apply again."
                .formatted(change.subject(), stands, expected));
      }
    }
  }

  private static String by(String author) {
    return author.isEmpty() ? "" : " by " + author;
  }

  /** A file of one document is kept as it is, so that editors can show what its author wrote. */
  private void keepTexts(Map<String, String> files, ChangeSet set, List<Long> revisions) {
    Map<String, Long> perFile =
        set.changes().stream()
            .flatMap(change -> change.spec().stream())
            .collect(
                Collectors.groupingBy(spec -> spec.header().place().file(), Collectors.counting()));
    int written = 0;
    for (Change change : set.changes()) {
      long revision = change.isWrite() ? revisions.get(written++) : change.currentRevision();
      if (change.spec().isEmpty() || change.kind() != SpecKind.PIPELINE) {
        continue;
      }
      String file = change.spec().get().header().place().file();
      String text = files.get(file);
      if (text != null && perFile.getOrDefault(file, 0L) == 1) {
        drafts.keepText(change.kind(), change.name(), revision, text);
        drafts.applied(change.name(), text);
      }
    }
  }

  /** Plans hold where an endpoint is: those who ask it need new ones when that has changed. */
  private void restartAskers(ChangeSet set) {
    for (Change change : set.changes()) {
      if (change.kind() == SpecKind.ENDPOINT && change.action() == Change.Action.UPDATE) {
        Usage.pipelinesAsking(change.name(), documents.list()).forEach(pipelines::requestRestart);
      }
    }
  }

  private static Map<String, Object> answer(ChangeSet set, List<Long> revisions) {
    List<Map<String, Object>> items = new ArrayList<>();
    int written = 0;
    for (Change change : set.changes()) {
      Map<String, Object> item = item(change);
      if (change.isWrite() && written < revisions.size()) {
        item.put("revision", revisions.get(written++));
      } else if (change.currentRevision() > 0) {
        item.put("revision", change.currentRevision());
      }
      item.put("effects", change.effects());
      items.add(item);
    }
    return Map.of("documents", items, "changes", set.hasChanges());
  }

  private static Map<String, Object> item(Change change) {
    Map<String, Object> item = new LinkedHashMap<>();
    item.put("kind", change.kind().label());
    item.put("name", change.name());
    item.put("action", change.action().label());
    return item;
  }

  /** Returns a revision as the API shows it. */
  public static Map<String, Object> revision(Revision revision) {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("revision", revision.revision());
    map.put("created_at", revision.createdAt());
    map.put("author", revision.author());
    map.put("message", revision.message());
    map.put("spec", Json.readMap(revision.json()));
    return map;
  }
}
