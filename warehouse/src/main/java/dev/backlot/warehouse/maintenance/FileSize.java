package dev.backlot.warehouse.maintenance;

/**
 * A data file as planning sees it.
 *
 * @param bytes compressed, as it lies there
 */
record FileSize(long bytes, long rows) {}
