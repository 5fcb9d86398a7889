/** Dumps beside the log: which rows of a chunk may still be written. */
@NullMarked
package dev.backlot.capture.dump;

import org.jspecify.annotations.NullMarked;
