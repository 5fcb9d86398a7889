package dev.backlot.warehouse;

import dev.backlot.schema.Field;
import java.io.Serializable;
import java.util.List;
import java.util.Map;

/**
 * What a pipeline needs of the table that it writes.
 *
 * @param table the table's name
 * @param fields the step's columns in order, without the system columns
 * @param key what identifies an entity, in key order; may begin with {@code _source}; empty for an
 *     append-only table, whose view shows every row
 * @param order how versions of one key are ordered
 * @param pipeline the pipeline that owns the table
 * @param renames columns that get another name, if the table has them: present name → new one,
 *     which is among the fields
 * @param drops columns that leave the table, if it has them; what they held is gone
 */
public record TableRequest(
    TableName table,
    List<Field> fields,
    List<String> key,
    VersionOrder order,
    String pipeline,
    Map<String, String> renames,
    List<String> drops)
    implements Serializable {
  /** Copies what is mutable. */
  public TableRequest {
    fields = List.copyOf(fields);
    key = List.copyOf(key);
    renames = Map.copyOf(renames);
    drops = List.copyOf(drops);
  }

  /** A request that keeps every column that the table has. */
  public TableRequest(
      TableName table, List<Field> fields, List<String> key, VersionOrder order, String pipeline) {
    this(table, fields, key, order, pipeline, Map.of(), List.of());
  }

  /** Which of two versions of one key is the newer one. */
  public enum VersionOrder {
    /**
     * The higher (epoch, offset), then the later {@code _ts}. Entities of different Sources are
     * different, whether the key names {@code _source} or not.
     */
    OFFSET,
    /** The later {@code _ts}: for a union of Sources under a shared key. */
    TIME
  }
}
