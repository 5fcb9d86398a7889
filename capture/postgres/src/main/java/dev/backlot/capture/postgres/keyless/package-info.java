/** Tables without a key: what of them is written when, and dumps of them. */
@NullMarked
package dev.backlot.capture.postgres.keyless;

import org.jspecify.annotations.NullMarked;
