package dev.backlot.metadata;

import java.util.Collection;
import java.util.List;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.statement.PreparedBatch;

/** Which fields of Sources values have ever come from. Nothing is ever taken away. Thread-safe. */
public final class OriginStore {
  private final Jdbi jdbi;

  OriginStore(Jdbi jdbi) {
    this.jdbi = jdbi;
  }

  /**
   * Where values of a column have come from.
   *
   * @param targetKind {@code table} or {@code source}
   * @param target the table's or published Source's name
   * @param column its column or field
   * @param source the Source that the values came from
   * @param field its field
   */
  public record Origin(
      String targetKind, String target, String column, String source, String field) {}

  /** Notes origins, before anything is written that has them. */
  public void note(String pipeline, Collection<Origin> origins) {
    if (origins.isEmpty()) {
      return;
    }
    jdbi.useTransaction(
        handle -> {
          PreparedBatch batch =
              handle.prepareBatch(
                  """
                  INSERT INTO column_origin (target_kind, target, column_name, source, field, pipeline)
                  VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING
                  """);
          for (Origin origin : origins) {
            batch
                .bind(0, origin.targetKind())
                .bind(1, origin.target())
                .bind(2, origin.column())
                .bind(3, origin.source())
                .bind(4, origin.field())
                .bind(5, pipeline)
                .add();
          }
          batch.execute();
        });
  }

  /** Returns every origin. */
  public List<Origin> list() {
    return jdbi.withHandle(
        handle ->
            handle
                .select(
                    "SELECT target_kind, target, column_name, source, field FROM column_origin"
                        + " ORDER BY target_kind, target, column_name, source, field")
                .map(
                    (row, context) ->
                        new Origin(
                            row.getString("target_kind"),
                            row.getString("target"),
                            row.getString("column_name"),
                            row.getString("source"),
                            row.getString("field")))
                .list());
  }

  /** Returns a text that differs when origins, Sources' documents or their owners have changed. */
  public String version() {
    return jdbi.withHandle(
        handle ->
            handle
                .select(
                    """
                    SELECT (SELECT count(*) FROM column_origin)
                      || '/' || (SELECT concat(count(*), ' ', max(updated_at), ' ', sum(revision), ' ',
                                   count(*) FILTER (WHERE deleting))
                                 FROM document WHERE kind IN ('Source', 'Connection', 'Pipeline'))
                      || '/' || (SELECT concat(count(*), ' ', coalesce(sum(value_schema_id), 0), ' ',
                                   coalesce(sum(epoch), 0)) FROM source WHERE state <> 'removed')
                    """)
                .mapTo(String.class)
                .one());
  }
}
