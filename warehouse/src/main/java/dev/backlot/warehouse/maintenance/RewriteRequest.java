package dev.backlot.warehouse.maintenance;

import java.util.List;

/**
 * What a rewriting process is asked to do, as JSON in a file.
 *
 * @param files paths of data files
 * @param sizes of these files
 * @param columns of the table, in order
 * @param key field ids of the key columns, without {@code _source}; empty when the table has no key
 * @param acrossSources whether rows of different Sources have keys in common
 * @param whole whether {@code files} is all of the table: then the process chooses what to rewrite,
 *     and may drop deletes. When not, all files are rewritten.
 * @param sets which files become one, when not whole
 * @param removed rows that must go, from whichever files have them; then nothing else happens
 * @param fill values that rows get, from whichever files lack them; then nothing else happens and
 *     all files become one, if any row gets a value
 * @param forgetBefore microseconds since the epoch; older deletes and truncations may be dropped
 * @param system field ids of system columns
 * @param output prefix of the new files' paths
 * @param directory the only one in which files may be read and written
 * @param scratch for what does not fit into memory
 */
record RewriteRequest(
    List<String> files,
    List<FileSize> sizes,
    List<Column> columns,
    List<Integer> key,
    boolean acrossSources,
    boolean whole,
    List<List<Integer>> sets,
    List<RowPlace> removed,
    FillRequest fill,
    long forgetBefore,
    SystemIds system,
    double supersededRatio,
    long targetBytes,
    long workBytes,
    String output,
    String directory,
    String scratch,
    int memoryMegabytes,
    int threads) {

  /**
   * A column.
   *
   * @param id Iceberg's field id
   * @param name unique without regard to case
   * @param type in DuckDB's words
   * @param fieldIds of the column and what is inside it, in DuckDB's words
   */
  record Column(int id, String name, String type, String fieldIds) {}

  /** Field ids of system columns. */
  record SystemIds(
      int op, int ts, int source, int sourceTs, int epoch, int partition, int offset) {}
}
