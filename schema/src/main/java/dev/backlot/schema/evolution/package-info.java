/**
 * What becomes of those who read a Source when its schema changes: what they take from it, what has
 * changed, and the verdict. Pure functions, shared by jobs, planning and the controller.
 *
 * <p>Start reading at {@link dev.backlot.schema.evolution.SchemaVerdict}.
 */
@NullMarked
package dev.backlot.schema.evolution;

import org.jspecify.annotations.NullMarked;
