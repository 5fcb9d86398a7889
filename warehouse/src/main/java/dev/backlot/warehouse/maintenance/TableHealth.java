package dev.backlot.warehouse.maintenance;

/**
 * Figures that say whether a table stays fast.
 *
 * @param rows versions of rows, not live rows
 * @param files data files of the current snapshot
 * @param smallFiles those among them that merging is for
 * @param snapshots that the table's metadata lists
 * @param manifests lists of files that hold at least one live file
 * @param metadataBytes size of the metadata file, which every commit writes anew
 */
public record TableHealth(
    long rows,
    long files,
    long smallFiles,
    long bytes,
    long snapshots,
    long manifests,
    long metadataBytes) {
  /** A table before its first commit. */
  public static final TableHealth EMPTY = new TableHealth(0, 0, 0, 0, 0, 0, 0);
}
