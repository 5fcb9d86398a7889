package dev.backlot.schema;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** The columns that follow a step's own columns in every row, in this order. */
public enum SystemColumn {
  /** One of c, u, d, r, t. */
  OP("_op", FieldType.Text.PLAIN),
  /** When the event was written to its topic; when enriched, the time of enrichment. */
  TS("_ts", FieldType.Simple.TIMESTAMPTZ),
  /** The Source read. */
  SOURCE("_source", FieldType.Text.PLAIN),
  /** Text of the position in the source's log; sorts as the position does. */
  SOURCE_POSITION("_source_position", FieldType.Text.PLAIN),
  /** When the change was committed in the source; for a dump row, when it was read. */
  SOURCE_TS("_source_ts", FieldType.Simple.TIMESTAMPTZ),
  EPOCH("_epoch", FieldType.Simple.INT),
  PARTITION("_partition", FieldType.Simple.INT),
  OFFSET("_offset", FieldType.Simple.LONG),
  /** Exact text of values that their column's type can't hold. */
  EXACT("_exact", FieldType.Simple.TEXT_MAP);

  private final String column;
  private final FieldType type;

  SystemColumn(String column, FieldType type) {
    this.column = column;
    this.type = type;
  }

  /** Returns the column's name. */
  public String column() {
    return column;
  }

  public FieldType type() {
    return type;
  }

  /** Returns the system column that a name collides with, ignoring case as query engines do. */
  public static Optional<SystemColumn> ofColumn(String name) {
    String lower = name.toLowerCase(Locale.ROOT);
    return Arrays.stream(values()).filter(c -> c.column.equals(lower)).findFirst();
  }
}
