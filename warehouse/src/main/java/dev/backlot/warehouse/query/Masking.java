package dev.backlot.warehouse.query;

import dev.backlot.warehouse.TableName;
import java.util.Set;

/**
 * Which columns somebody may not see. A query under a masking runs over tables in which a masked
 * text is {@link dev.backlot.warehouse.LakeRelation#MASKED_TEXT} in every row, and any other masked
 * value NULL: whatever the statement does with them, it learns nothing.
 */
@FunctionalInterface
public interface Masking {
  /** Everything may be seen. */
  Masking NONE = table -> Set.of();

  /** Returns the columns of a table that are masked, by their exact names. */
  Set<String> columns(TableName table);
}
