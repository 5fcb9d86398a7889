/**
 * What a row of a Source looks like, and the Avro schemas that carry it. Pure functions only.
 *
 * <p>Start reading at {@link dev.backlot.schema.RowSchema}, then {@link
 * dev.backlot.schema.AvroSchemas}.
 */
@NullMarked
package dev.backlot.schema;

import org.jspecify.annotations.NullMarked;
