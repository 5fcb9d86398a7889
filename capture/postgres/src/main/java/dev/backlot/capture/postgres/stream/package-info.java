/** The log: pgoutput messages, decoded straight into envelopes. */
@NullMarked
package dev.backlot.capture.postgres.stream;

import org.jspecify.annotations.NullMarked;
