package dev.backlot.controller.catalog;

import dev.backlot.controller.access.Caller;
import dev.backlot.controller.catalog.Items.Effort;
import dev.backlot.controller.document.Deletion;
import dev.backlot.controller.document.DocumentResource;
import dev.backlot.metadata.DocumentStore;
import dev.backlot.model.ProblemCode;
import dev.backlot.model.ProblemException;
import dev.backlot.model.source.SourceName;
import dev.backlot.model.spec.SpecKind;
import dev.backlot.spec.Suggestion;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** List, show, await and delete things of every kind. */
@RestController
public final class ItemResource {
  private static final Duration LONGEST_POLL = Duration.ofSeconds(25);
  private static final Duration POLL = Duration.ofMillis(250);
  private static final Set<String> DECLARED =
      Set.of("audits", "connections", "endpoints", "pipelines", "routes");

  private final Map<String, Items> kinds = new TreeMap<>();
  private final DocumentStore documents;
  private final Deletion deletion;

  /** Serves these kinds. */
  public ItemResource(List<Items> kinds, DocumentStore documents, Deletion deletion) {
    kinds.forEach(items -> this.kinds.put(items.path(), items));
    this.documents = documents;
    this.deletion = deletion;
  }

  @GetMapping("/api/v1/{kind}")
  Map<String, Object> list(
      @PathVariable String kind, @RequestParam(defaultValue = "true") boolean proof) {
    return Map.of("items", items(kind).list(proof ? Effort.PROOF : Effort.CHEAP));
  }

  @GetMapping("/api/v1/{kind}/{name}")
  Item show(
      @PathVariable String kind,
      @PathVariable String name,
      @RequestParam(defaultValue = "true") boolean proof) {
    return find(items(kind), name, proof ? Effort.PROOF : Effort.CHEAP);
  }

  /** Waits, at most 25 seconds, until something is in a state; the caller asks again. */
  @GetMapping("/api/v1/{kind}/{name}/wait")
  Map<String, Object> await(
      @PathVariable String kind,
      @PathVariable String name,
      @RequestParam("for") String state,
      @RequestParam(defaultValue = "25") double timeout)
      throws InterruptedException {
    Items items = items(kind);
    long patience = (long) (Math.min(timeout, LONGEST_POLL.toSeconds()) * 1e9);
    long deadline = System.nanoTime() + patience;
    boolean proof = state.equals("caught_up");
    while (true) {
      Optional<Item> item = items.find(name, proof ? Effort.PROOF : Effort.CHEAP);
      boolean reached =
          item.map(
                  i ->
                      proof
                          ? Boolean.TRUE.equals(i.status().get("caught_up"))
                          : i.state().equals(state))
              .orElse(state.equals("deleted"));
      if (item.isEmpty() && !reached && isDeclared(kind)) {
        throw notFound(items, name);
      }
      if (reached || System.nanoTime() > deadline) {
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("reached", reached);
        item.ifPresent(found -> answer.put("item", found));
        if (!reached && item.isEmpty()) {
          throw notFound(items, name);
        }
        return answer;
      }
      Thread.sleep(POLL.toMillis());
    }
  }

  /** What is not declared, such as a Source, may yet appear by itself. */
  private static boolean isDeclared(String kind) {
    return DECLARED.contains(kind);
  }

  @DeleteMapping("/api/v1/{kind}/{name}")
  Map<String, Object> delete(
      @PathVariable String kind,
      @PathVariable String name,
      @RequestParam(defaultValue = "false") boolean orphan,
      Caller caller) {
    return Map.of(
        "state", deletion.delete(documentKind(kind), documentName(kind, name), orphan, caller));
  }

  @GetMapping("/api/v1/{kind}/{name}/events")
  Map<String, Object> events(
      @PathVariable String kind,
      @PathVariable String name,
      @RequestParam(defaultValue = "100") int limit) {
    List<DocumentStore.Event> events =
        documents.events(
            documentKind(kind), documentName(kind, name), Math.max(1, Math.min(limit, 1000)));
    if (events.isEmpty()) {
      find(items(kind), name, Effort.CHEAP);
    }
    return Map.of("events", events);
  }

  @GetMapping("/api/v1/{kind}/{name}/revisions")
  Map<String, Object> revisions(@PathVariable String kind, @PathVariable String name) {
    List<DocumentStore.Revision> revisions =
        documents.revisions(documentKind(kind), documentName(kind, name));
    if (revisions.isEmpty()) {
      find(items(kind), name, Effort.CHEAP);
    }
    return Map.of("revisions", revisions.stream().map(DocumentResource::revision).toList());
  }

  /** A Source may be written with more quotes than its document has. */
  private static String documentName(String kind, String name) {
    return kind.equals("sources") ? SourceName.canonical(name) : name;
  }

  private Items items(String kind) {
    Items items = kinds.get(kind);
    if (items == null) {
      throw new ProblemException(
          ProblemCode.NOT_FOUND,
          "Cannot list '"
              + kind
              + "': there is no such kind. "
              + Suggestion.sentence(kind, kinds.keySet()));
    }
    return items;
  }

  private SpecKind documentKind(String path) {
    return switch (path) {
      case "audits" -> SpecKind.AUDIT;
      case "connections" -> SpecKind.CONNECTION;
      case "endpoints" -> SpecKind.ENDPOINT;
      case "pipelines" -> SpecKind.PIPELINE;
      case "routes" -> SpecKind.ROUTE;
      case "sources" -> SpecKind.SOURCE;
      default -> {
        String noun = items(path).noun();
        throw new ProblemException(
            ProblemCode.NOT_ALLOWED_NOW,
            "Cannot do this with a "
                + noun
                + ": it is not declared by a document. Change the connection or pipeline that it"
                + " belongs to.");
      }
    };
  }

  private static Item find(Items items, String name, Effort effort) {
    return items.find(name, effort).orElseThrow(() -> notFound(items, name));
  }

  private static ProblemException notFound(Items items, String name) {
    List<String> names = items.list(Effort.CHEAP).stream().map(Item::name).toList();
    String next =
        Suggestion.nearest(name, names)
            .map(nearest -> "Did you mean '" + nearest + "'?")
            .orElse("See `backlot get " + items.path() + "`.");
    return new ProblemException(
        ProblemCode.NOT_FOUND,
        "Cannot find " + items.noun() + " '" + name + "': there is none of this name. " + next);
  }
}
