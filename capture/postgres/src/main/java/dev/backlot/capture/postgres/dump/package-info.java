/** Chunks of a table, read in key ranges beside the log. */
@NullMarked
package dev.backlot.capture.postgres.dump;

import org.jspecify.annotations.NullMarked;
