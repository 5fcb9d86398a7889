/** Which field comes from which: from a Source's field through steps to columns and on. */
@NullMarked
package dev.backlot.controller.lineage;

import org.jspecify.annotations.NullMarked;
