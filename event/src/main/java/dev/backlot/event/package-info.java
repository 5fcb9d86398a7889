/**
 * The change event on the wire: keys, envelopes, headers and positions as bytes.
 *
 * <p>Start reading at {@link dev.backlot.event.EnvelopeWriter}, which capture writes with; the
 * readers' side is in the package {@code flink}.
 */
@NullMarked
package dev.backlot.event;

import org.jspecify.annotations.NullMarked;
