/** Rounds over a whole table: what is compared, written down, and repaired. */
@NullMarked
package dev.backlot.quality.round;

import org.jspecify.annotations.NullMarked;
