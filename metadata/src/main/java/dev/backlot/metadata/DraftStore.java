package dev.backlot.metadata;

import dev.backlot.model.ProblemCode;
import dev.backlot.model.ProblemException;
import dev.backlot.model.spec.SpecKind;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;

/** Pipelines as people write them: drafts, and the texts of revisions. Thread-safe. */
public final class DraftStore {
  private final Jdbi jdbi;

  DraftStore(Jdbi jdbi) {
    this.jdbi = jdbi;
  }

  /**
   * A pipeline that somebody is writing.
   *
   * @param version one more with every save
   * @param baseRevision the pipeline's revision when the draft was begun; 0 for a new pipeline
   */
  public record Draft(
      String name, long version, String text, long baseRevision, String author, Instant savedAt) {}

  /** Returns all drafts by name. */
  public List<Draft> list() {
    return jdbi.withHandle(
        handle ->
            handle
                .select("SELECT * FROM pipeline_draft ORDER BY name")
                .map((row, context) -> read(row))
                .list());
  }

  /** Returns the draft of a pipeline. */
  public Optional<Draft> find(String name) {
    return jdbi.withHandle(handle -> find(handle, name));
  }

  private static Optional<Draft> find(Handle handle, String name) {
    return handle
        .select("SELECT * FROM pipeline_draft WHERE name = ?", name)
        .map((row, context) -> read(row))
        .findOne();
  }

  /**
   * Saves a draft.
   *
   * @param version the one that the change was made against; 0 for a new draft
   * @throws ProblemException with {@link ProblemCode#CONFLICT} when there is another version
   */
  public Draft save(String name, long version, String text, long baseRevision, String author) {
    return jdbi.inTransaction(
        handle -> {
          int saved =
              version == 0
                  ? handle.execute(
                      "INSERT INTO pipeline_draft (name, version, text, base_revision, author)"
                          + " VALUES (?, 1, ?, ?, ?) ON CONFLICT (name) DO NOTHING",
                      name,
                      text,
                      baseRevision,
                      author)
                  : handle.execute(
                      "UPDATE pipeline_draft SET version = version + 1, text = ?,"
                          + " base_revision = ?, author = ?, saved_at = now()"
                          + " WHERE name = ? AND version = ?",
                      text,
                      baseRevision,
                      author,
                      name,
                      version);
          if (saved == 0) {
            throw conflict(handle, name);
          }
          return find(handle, name).orElseThrow();
        });
  }

  private static ProblemException conflict(Handle handle, String name) {
    String cause =
        find(handle, name)
            .map(d -> d.author() + " saved version " + d.version() + " meanwhile")
            .orElse("it was deployed or discarded meanwhile");
    return new ProblemException(
        ProblemCode.CONFLICT,
        "Cannot save the draft of pipeline '%s': %s. Look at it, and save again."
            .formatted(name, cause));
  }

  /** Forgets a draft, if it is still at this version; returns whether it was. */
  public boolean discard(String name, long version) {
    return jdbi.withHandle(
        handle ->
            handle.execute(
                    "DELETE FROM pipeline_draft WHERE name = ? AND version = ?", name, version)
                == 1);
  }

  /** Forgets a draft that says what has been applied. */
  public void applied(String name, String text) {
    jdbi.useHandle(
        handle ->
            handle.execute("DELETE FROM pipeline_draft WHERE name = ? AND text = ?", name, text));
  }

  /** Keeps a revision's text; another one of the same meaning takes its place. */
  public void keepText(SpecKind kind, String name, long revision, String text) {
    jdbi.useHandle(
        handle ->
            handle.execute(
                "INSERT INTO document_text (kind, name, revision, text) VALUES (?, ?, ?, ?)"
                    + " ON CONFLICT (kind, name, revision) DO UPDATE SET text = excluded.text",
                kind.label(),
                name,
                revision,
                text));
  }

  /** Returns a revision as its author wrote it; empty when that is not known. */
  public Optional<String> text(SpecKind kind, String name, long revision) {
    return jdbi.withHandle(
        handle ->
            handle
                .select(
                    "SELECT text FROM document_text WHERE kind = ? AND name = ? AND revision = ?",
                    kind.label(),
                    name,
                    revision)
                .mapTo(String.class)
                .findOne());
  }

  private static Draft read(ResultSet row) throws SQLException {
    return new Draft(
        row.getString("name"),
        row.getLong("version"),
        row.getString("text"),
        row.getLong("base_revision"),
        row.getString("author"),
        row.getTimestamp("saved_at").toInstant());
  }
}
