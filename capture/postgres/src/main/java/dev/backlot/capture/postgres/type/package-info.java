/** PostgreSQL's values, in its binary format, as Avro. */
@NullMarked
package dev.backlot.capture.postgres.type;

import org.jspecify.annotations.NullMarked;
