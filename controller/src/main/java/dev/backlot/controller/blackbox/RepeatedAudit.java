package dev.backlot.controller.blackbox;

import dev.backlot.quality.blackbox.Contrast;
import java.time.Duration;
import java.util.List;
import java.util.Set;

/** An audit without a common position: it looks again and again. Used by one thread. */
interface RepeatedAudit {
  /** Returns its name, unique among all audits. */
  String name();

  /** Returns the pause between two looks. */
  Duration every();

  /** Returns at how many looks in a row a row must differ to count. */
  int looks();

  /** Returns how long a change may take to be on both sides. */
  Duration sla();

  /** Returns whether rows that count are repaired without a person. */
  boolean repairsItself();

  /**
   * Looks.
   *
   * @param suspects keys that differed at the last look
   */
  Found look(List<List<String>> suspects);

  /**
   * Has rows dumped again, so that they reach the target as any change does.
   *
   * @return the dumps' ids
   */
  List<Long> repair(List<List<String>> keys);

  /**
   * What a look found.
   *
   * @param columns of the rows in contrasts
   * @param sourceRows how many rows the source of truth has
   * @param unjudged keys of which nothing could be said
   * @param untold how many parts differ of which no rows are told
   * @param endsCycle whether by now everything has been looked at since the cycle began
   */
  record Found(
      List<String> columns,
      long sourceRows,
      long targetRows,
      List<Contrast> contrasts,
      Set<List<String>> unjudged,
      int untold,
      boolean endsCycle) {
    /** Copies what is mutable. */
    public Found {
      columns = List.copyOf(columns);
      contrasts = List.copyOf(contrasts);
      unjudged = Set.copyOf(unjudged);
    }
  }
}
