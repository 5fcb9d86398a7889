/**
 * Schemas in Kafka, where capture, jobs and the controller find them without one another.
 *
 * <p>Start reading at {@link dev.backlot.registry.SchemaStore}.
 */
@NullMarked
package dev.backlot.registry;

import org.jspecify.annotations.NullMarked;
