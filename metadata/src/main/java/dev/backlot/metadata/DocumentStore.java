package dev.backlot.metadata;

import dev.backlot.model.ProblemCode;
import dev.backlot.model.ProblemException;
import dev.backlot.model.spec.SpecKind;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;

/** What users declared: current documents and every revision of them. Thread-safe. */
public final class DocumentStore {
  private static final long WRITE_LOCK = 0x6261636b6c6f7401L;

  private final Jdbi jdbi;

  DocumentStore(Jdbi jdbi) {
    this.jdbi = jdbi;
  }

  /**
   * A document as it stands now.
   *
   * @param json its canonical form
   * @param deleting whether it was asked to be deleted and waits for its clean-up
   * @param orphan whether its deletion lets go of what can't be cleaned up
   */
  public record StoredDocument(
      SpecKind kind,
      String name,
      long revision,
      String json,
      boolean deleting,
      boolean orphan,
      Instant createdAt,
      Instant updatedAt) {}

  /** One revision in a document's history. */
  public record Revision(
      long revision, String json, String author, String message, Instant createdAt) {}

  /**
   * A document to be written.
   *
   * @param expectedRevision the revision that the change was made against; 0 for a new document
   * @param message why, such as {@code pause}; or empty
   */
  public record Write(
      SpecKind kind,
      String name,
      String json,
      long expectedRevision,
      String author,
      String message) {}

  /** Something that happened to a document. */
  public record Event(Instant at, String state, String code, String message) {}

  /** Returns every document, in the order in which kinds are applied, then by name. */
  public List<StoredDocument> list() {
    return jdbi.withHandle(DocumentStore::list);
  }

  private static List<StoredDocument> list(Handle handle) {
    return handle
        .select("SELECT * FROM document ORDER BY kind, name")
        .map((row, context) -> read(row))
        .list();
  }

  /** Returns every document of a kind, by name. */
  public List<StoredDocument> list(SpecKind kind) {
    return jdbi.withHandle(
        handle ->
            handle
                .select("SELECT * FROM document WHERE kind = ? ORDER BY name", kind.label())
                .map((row, context) -> read(row))
                .list());
  }

  /** Which revision of a document stands. */
  public record Head(String name, long revision) {}

  /** Returns which revision of each document of a kind stands, those being deleted left out. */
  public List<Head> heads(SpecKind kind) {
    return jdbi.withHandle(
        handle ->
            handle
                .select(
                    "SELECT name, revision FROM document WHERE kind = ? AND NOT deleting ORDER BY"
                        + " name",
                    kind.label())
                .map((row, context) -> new Head(row.getString("name"), row.getLong("revision")))
                .list());
  }

  /** Returns those documents of a kind that have one of some names, by name. */
  public List<StoredDocument> list(SpecKind kind, Collection<String> names) {
    return jdbi.withHandle(
        handle ->
            handle
                .select(
                    "SELECT * FROM document WHERE kind = ? AND name = ANY (?) ORDER BY name",
                    kind.label(),
                    names.toArray(new String[0]))
                .map((row, context) -> read(row))
                .list());
  }

  /** Returns a document. */
  public Optional<StoredDocument> find(SpecKind kind, String name) {
    return jdbi.withHandle(handle -> find(handle, kind, name));
  }

  private static Optional<StoredDocument> find(Handle handle, SpecKind kind, String name) {
    return handle
        .select("SELECT * FROM document WHERE kind = ? AND name = ?", kind.label(), name)
        .map((row, context) -> read(row))
        .findOne();
  }

  /** Returns a document's revisions, newest first, also after its deletion. */
  public List<Revision> revisions(SpecKind kind, String name) {
    return jdbi.withHandle(
        handle ->
            handle
                .select(
                    "SELECT * FROM document_revision WHERE kind = ? AND name = ? ORDER BY revision"
                        + " DESC",
                    kind.label(),
                    name)
                .map(
                    (row, context) ->
                        new Revision(
                            row.getLong("revision"),
                            row.getString("spec"),
                            row.getString("author"),
                            row.getString("message"),
                            row.getTimestamp("created_at").toInstant()))
                .list());
  }

  /**
   * Writes all documents and marks others for deletion, or does nothing: one transaction.
   *
   * @return the new revisions, in the order of the writes
   * @throws ProblemException with {@link ProblemCode#CONFLICT} when a document is no longer at its
   *     expected revision
   */
  public List<Long> write(List<Write> writes, List<StoredDocument> deletions) {
    return jdbi.inTransaction(
        handle -> {
          lock(handle);
          return write(handle, writes, deletions);
        });
  }

  /**
   * Does the same when a guard lets it, that is when it does not throw.
   *
   * @param guard sees every document as it stands, while nobody else writes any; must be quick
   */
  public List<Long> write(
      List<Write> writes, List<StoredDocument> deletions, Consumer<List<StoredDocument>> guard) {
    return jdbi.inTransaction(
        handle -> {
          lock(handle);
          guard.accept(list(handle));
          return write(handle, writes, deletions);
        });
  }

  private static void lock(Handle handle) {
    handle.execute("SELECT pg_advisory_xact_lock(?)", WRITE_LOCK);
  }

  private static List<Long> write(
      Handle handle, List<Write> writes, List<StoredDocument> deletions) {
    List<Long> revisions = new ArrayList<>();
    for (Write write : writes) {
      revisions.add(write(handle, write));
    }
    for (StoredDocument deletion : deletions) {
      markDeleting(handle, deletion.kind(), deletion.name(), false);
    }
    handle.execute("NOTIFY " + CaptureStore.CHANNEL);
    return revisions;
  }

  private static long write(Handle handle, Write write) {
    Optional<StoredDocument> current = find(handle, write.kind(), write.name());
    long currentRevision = current.map(StoredDocument::revision).orElse(0L);
    if (currentRevision != write.expectedRevision()
        || current.map(StoredDocument::deleting).orElse(false)) {
      throw new ProblemException(
          ProblemCode.CONFLICT,
          "Cannot write "
              + write.kind().label().toLowerCase(java.util.Locale.ROOT)
              + " '"
              + write.name()
              + "': someone else changed it meanwhile. Look at it and apply again.");
    }
    long revision =
        handle
            .select(
                "SELECT coalesce(max(revision), 0) + 1 FROM document_revision WHERE kind = ? AND"
                    + " name = ?",
                write.kind().label(),
                write.name())
            .mapTo(Long.class)
            .one();
    handle.execute(
        """
        INSERT INTO document (kind, name, revision, spec) VALUES (?, ?, ?, CAST(? AS json))
        ON CONFLICT (kind, name) DO UPDATE
        SET revision = excluded.revision, spec = excluded.spec, updated_at = now()
        """,
        write.kind().label(),
        write.name(),
        revision,
        write.json());
    handle.execute(
        "INSERT INTO document_revision (kind, name, revision, spec, author, message)"
            + " VALUES (?, ?, ?, CAST(? AS json), ?, ?)",
        write.kind().label(),
        write.name(),
        revision,
        write.json(),
        write.author(),
        write.message());
    if (write.kind() == SpecKind.PIPELINE) {
      // what kept the older revision from running says nothing about this one
      handle.execute(
          "UPDATE pipeline_status SET failures = 0, retry_at = NULL WHERE pipeline = ?",
          write.name());
    }
    String what = write.message().isEmpty() ? "applied" : write.message();
    addEvent(
        handle,
        write.kind(),
        write.name(),
        "revision",
        "",
        "Revision " + revision + ": " + what + ".");
    return revision;
  }

  /** Asks for a document's deletion; returns false when there is no such document. */
  public boolean markDeleting(SpecKind kind, String name, boolean orphan) {
    return jdbi.inTransaction(
        handle -> {
          boolean found = markDeleting(handle, kind, name, orphan);
          handle.execute("NOTIFY " + CaptureStore.CHANNEL);
          return found;
        });
  }

  private static boolean markDeleting(Handle handle, SpecKind kind, String name, boolean orphan) {
    int found =
        handle.execute(
            "UPDATE document SET deleting = true, orphan = orphan OR ?, updated_at = now() WHERE"
                + " kind = ? AND name = ?",
            orphan,
            kind.label(),
            name);
    if (found == 1) {
      addEvent(handle, kind, name, "deleting", "", orphan ? "Deletion, orphaning." : "Deletion.");
    }
    return found == 1;
  }

  /** Removes a document whose clean-up is done; its revisions and events stay. */
  public void remove(SpecKind kind, String name) {
    jdbi.useTransaction(
        handle -> {
          int removed =
              handle.execute(
                  "DELETE FROM document WHERE kind = ? AND name = ? AND deleting",
                  kind.label(),
                  name);
          if (removed == 1) {
            handle.execute(
                "DELETE FROM pipeline_status WHERE ? = 'Pipeline' AND pipeline = ?",
                kind.label(),
                name);
            handle.execute(
                "DELETE FROM pipeline_plan WHERE ? = 'Pipeline' AND pipeline = ?",
                kind.label(),
                name);
            addEvent(handle, kind, name, "deleted", "", "Deleted.");
          }
        });
  }

  /** Returns a document's newest events, oldest first, from an event on. */
  public List<Event> events(SpecKind kind, String name, int limit) {
    return jdbi.withHandle(
        handle ->
            handle
                .select(
                    "SELECT * FROM (SELECT * FROM document_event WHERE kind = ? AND name = ?"
                        + " ORDER BY id DESC LIMIT ?) newest ORDER BY id",
                    kind.label(),
                    name,
                    limit)
                .map(
                    (row, context) ->
                        new Event(
                            row.getTimestamp("at").toInstant(),
                            row.getString("state"),
                            row.getString("code"),
                            row.getString("message")))
                .list());
  }

  static void addEvent(
      Handle handle, SpecKind kind, String name, String state, String code, String message) {
    handle.execute(
        "INSERT INTO document_event (kind, name, state, code, message) VALUES (?, ?, ?, ?, ?)",
        kind.label(),
        name,
        state,
        code,
        message);
  }

  private static StoredDocument read(ResultSet row) throws SQLException {
    String label = row.getString("kind");
    return new StoredDocument(
        SpecKind.valueOf(label.toUpperCase(java.util.Locale.ROOT)),
        row.getString("name"),
        row.getLong("revision"),
        row.getString("spec"),
        row.getBoolean("deleting"),
        row.getBoolean("orphan"),
        row.getTimestamp("created_at").toInstant(),
        row.getTimestamp("updated_at").toInstant());
  }
}
