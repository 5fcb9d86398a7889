/** Backfills: values that rows lack because their columns are younger, from the Sources' topics. */
@NullMarked
package dev.backlot.engine.backfill;

import org.jspecify.annotations.NullMarked;
