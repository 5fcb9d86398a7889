/** One text per value and one digest per row, for comparing a row in two places. */
@NullMarked
package dev.backlot.schema.canonical;

import org.jspecify.annotations.NullMarked;
