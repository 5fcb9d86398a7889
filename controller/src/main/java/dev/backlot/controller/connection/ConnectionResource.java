package dev.backlot.controller.connection;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.backlot.controller.access.Caller;
import dev.backlot.controller.dataplane.DataPlane;
import dev.backlot.controller.dump.DumpView;
import dev.backlot.controller.secret.NamedSecret;
import dev.backlot.controller.secret.SecretAccess;
import dev.backlot.controller.source.TagSuggestions;
import dev.backlot.controller.web.Json;
import dev.backlot.metadata.DocumentStore;
import dev.backlot.metadata.DocumentStore.StoredDocument;
import dev.backlot.metadata.MetadataDatabase;
import dev.backlot.model.Problem;
import dev.backlot.model.ProblemCode;
import dev.backlot.model.ProblemException;
import dev.backlot.model.checkup.CheckupEvent;
import dev.backlot.model.checkup.TableFacts;
import dev.backlot.model.spec.ConnectionSpec;
import dev.backlot.model.spec.SpecKind;
import dev.backlot.spec.Documents;
import dev.backlot.spec.SpecReader;
import dev.backlot.spec.SpecWriter;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;

/** Checks of connections before they are made, and what those that are made do. */
@RestController
public final class ConnectionResource {
  private final DocumentStore documents;
  private final MetadataDatabase metadata;
  private final DataPlane dataPlane;
  private final ConnectionTables tables;
  private final SecretAccess secrets;

  /** Serves these connections. */
  public ConnectionResource(
      MetadataDatabase metadata,
      DataPlane dataPlane,
      ConnectionTables tables,
      SecretAccess secrets) {
    this.documents = metadata.documents();
    this.metadata = metadata;
    this.dataPlane = dataPlane;
    this.tables = tables;
    this.secrets = secrets;
  }

  /**
   * A connection to check.
   *
   * @param document its YAML or JSON; which tables it names does not matter
   */
  record CheckRequest(@Nullable String document) {}

  /** Tells each check as a server-sent event as soon as it has ended. */
  @PostMapping("/api/v1/connections/check")
  void check(@RequestBody CheckRequest request, HttpServletResponse response, Caller caller)
      throws IOException {
    ConnectionSpec connection = connection(request.document() == null ? "" : request.document());
    secrets.require(caller, "check", connection);
    String document = SpecWriter.toJson(connection);
    EventStream events = new EventStream(response);
    try {
      dataPlane.checkup(document, event -> events.send(name(event), body(event)));
    } catch (ProblemException e) {
      events.fail(e);
    }
  }

  private static ConnectionSpec connection(String text) {
    Documents read = SpecReader.read("connection.yaml", text);
    List<Problem> problems = new ArrayList<>(read.problems());
    if (!problems.isEmpty()) {
      throw new ProblemException(problems);
    }
    if (read.specs().size() != 1 || !(read.specs().get(0) instanceof ConnectionSpec connection)) {
      throw new ProblemException(
          ProblemCode.SPEC_WRONG_SHAPE,
          "Cannot check the document: it is not one Connection. Send one Connection document.");
    }
    return connection;
  }

  private static String name(CheckupEvent event) {
    return event.step().isPresent() ? "check" : event.tables().isPresent() ? "tables" : "end";
  }

  private static Object body(CheckupEvent event) {
    if (event.step().isPresent()) {
      return event.step().get();
    }
    return event
        .tables()
        .<Object>map(
            found ->
                Map.of("tables", found.stream().map(ConnectionResource::withSuggestions).toList()))
        .orElseGet(() -> event.end().orElseThrow());
  }

  /** Adds tags that columns may need, by column; guesses from names. */
  private static ObjectNode withSuggestions(TableFacts table) {
    ObjectNode facts = Json.MAPPER.valueToTree(table);
    ObjectNode suggested = facts.putObject("suggested_tags");
    for (TableFacts.Column column : table.columns()) {
      List<String> tags = List.copyOf(TagSuggestions.of(table.table(), column.name()));
      if (!tags.isEmpty()) {
        suggested.set(column.name(), Json.MAPPER.valueToTree(tags));
      }
    }
    return facts;
  }

  /** Writes server-sent events as they come. */
  private static final class EventStream {
    private final HttpServletResponse response;
    private boolean begun;

    EventStream(HttpServletResponse response) {
      this.response = response;
    }

    void send(String name, Object body) {
      try {
        if (!begun) {
          begun = true;
          response.setContentType("text/event-stream;charset=UTF-8");
          response.setHeader("Cache-Control", "no-store");
        }
        OutputStream out = response.getOutputStream();
        String text = "event: " + name + "\ndata: " + Json.write(body) + "\n\n";
        out.write(text.getBytes(StandardCharsets.UTF_8));
        out.flush();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    /** Before the first event a failure is an answer of its own. */
    void fail(ProblemException e) {
      if (!begun) {
        throw e;
      }
      send("problems", Map.of("problems", e.problems()));
    }
  }

  /** Names the secrets that the caller may refer to in documents; their values are not told. */
  @GetMapping("/api/v1/secrets")
  Map<String, Object> secrets(Caller caller) {
    Predicate<NamedSecret> usable = secrets.usable(caller);
    Map<String, List<NamedSecret>> named = new TreeMap<>();
    for (StoredDocument connection : documents.list(SpecKind.CONNECTION)) {
      named.put(connection.name(), NamedSecret.in(Json.readTree(connection.json())));
    }
    List<Map<String, Object>> items = new ArrayList<>();
    for (Map<String, String> reference : dataPlane.secrets()) {
      for (NamedSecret secret : NamedSecret.in(Json.MAPPER.valueToTree(reference))) {
        if (usable.test(secret)) {
          Map<String, Object> item = new LinkedHashMap<>(reference);
          item.put("used_by", users(secret, named));
          items.add(item);
        }
      }
    }
    return Map.of("items", items);
  }

  private static List<String> users(NamedSecret secret, Map<String, List<NamedSecret>> named) {
    return named.entrySet().stream()
        .filter(
            connection ->
                connection.getValue().stream()
                    .anyMatch(found -> found.reference().equals(secret.reference())))
        .map(Map.Entry::getKey)
        .toList();
  }

  /** Shows a connection's Sources, and the tables that it names but can't capture. */
  @GetMapping("/api/v1/connections/{name}/tables")
  Map<String, Object> tables(@PathVariable String name) {
    find(name, "list the tables of");
    return Map.of("items", tables.of(name));
  }

  /** Shows a connection's dumps: those that are not finished, and the newest that are. */
  @GetMapping("/api/v1/connections/{name}/dumps")
  Map<String, Object> dumps(@PathVariable String name) {
    find(name, "list the dumps of");
    return Map.of(
        "items", metadata.dumps().ofConnection(name, 50).stream().map(DumpView::of).toList());
  }

  private void find(String name, String verb) {
    if (documents.find(SpecKind.CONNECTION, name).isEmpty()) {
      throw new ProblemException(
          ProblemCode.NOT_FOUND,
          "Cannot "
              + verb
              + " connection '"
              + name
              + "': there is none of this name. See `backlot get connections`.");
    }
  }
}
