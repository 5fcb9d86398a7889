package dev.backlot.warehouse.maintenance;

import java.util.List;

/**
 * What a rewriting process did.
 *
 * @param groups files that were replaced; nothing is committed yet
 * @param judged rows that were looked at
 * @param superseded rows among them that nobody sees, whether rewritten or not
 * @param filled rows that were given values
 */
record RewriteAnswer(List<Group> groups, long judged, long superseded, long filled) {

  /**
   * Files and the one that replaces them.
   *
   * @param files numbers in the request
   * @param output path of the new file; empty when no row is left
   */
  record Group(List<Integer> files, String output, long rowsIn, long rowsOut) {}
}
