/**
 * Outputs of steps as Sources: topics of change events in which each partition follows one
 * partition of a Source, says how far that was read, and so is its own checkpoint.
 */
@NullMarked
package dev.backlot.transport.publish;

import org.jspecify.annotations.NullMarked;
