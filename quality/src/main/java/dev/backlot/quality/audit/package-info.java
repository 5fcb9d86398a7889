/** Rounds of comparing a table with its Sources, down to keys, and what they find. */
@NullMarked
package dev.backlot.quality.audit;

import org.jspecify.annotations.NullMarked;
