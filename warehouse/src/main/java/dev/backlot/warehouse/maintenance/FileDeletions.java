package dev.backlot.warehouse.maintenance;

import dev.backlot.warehouse.TableName;
import java.time.Instant;
import java.util.Collection;
import java.util.List;

/**
 * Files that no snapshot needs any more, each with the time from which on no reader can need it
 * either. Thread-safe.
 */
public interface FileDeletions {
  /** Adds files; one that is there already keeps its time. */
  void add(TableName table, Collection<String> locations, Instant notBefore);

  /** Returns some of the files of a table whose time has come. */
  List<String> due(TableName table, Instant now, int most);

  /** Forgets files, which are gone or needed after all. */
  void remove(TableName table, Collection<String> locations);
}
