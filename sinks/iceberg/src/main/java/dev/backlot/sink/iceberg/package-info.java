/** Writes rows to Iceberg tables, exactly once; the table is the only memory. */
@NullMarked
package dev.backlot.sink.iceberg;

import org.jspecify.annotations.NullMarked;
