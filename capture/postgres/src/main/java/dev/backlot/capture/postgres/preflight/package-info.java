/** What a database must have before it can be captured, and how to give it that. */
@NullMarked
package dev.backlot.capture.postgres.preflight;

import org.jspecify.annotations.NullMarked;
