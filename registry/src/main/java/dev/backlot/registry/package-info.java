/**
 * Schemas in Kafka, where capture, jobs and the controller find them without one another. Beside
 * them stand levels, modes and deletions, which bind clients only.
 *
 * <p>Start reading at {@link dev.backlot.registry.SchemaStore}; the rules for clients are in {@link
 * dev.backlot.registry.ClientRegistry}.
 */
@NullMarked
package dev.backlot.registry;

import org.jspecify.annotations.NullMarked;
