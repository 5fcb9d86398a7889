package dev.backlot.warehouse.rest;

import dev.backlot.warehouse.TableName;
import java.util.Optional;

/** Says which tables this installation's pipelines write. Safe for use by several threads. */
@FunctionalInterface
public interface TableOwners {
  /** Nobody writes here but the clients. */
  TableOwners NONE = table -> Optional.empty();

  /** Returns the pipeline that writes a table or is about to, whether the table exists or not. */
  Optional<String> pipelineOf(TableName table);
}
