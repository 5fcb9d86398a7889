/**
 * Native capture of PostgreSQL: preflight, publication and slot, the log's decoding, dumps.
 *
 * <p>Start reading at {@link dev.backlot.capture.postgres.PostgresCapture}.
 */
@NullMarked
package dev.backlot.capture.postgres;

import org.jspecify.annotations.NullMarked;
