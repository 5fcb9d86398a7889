/** The filter of a dump: parsed, checked and rendered, never pasted. */
@NullMarked
package dev.backlot.capture.predicate;

import org.jspecify.annotations.NullMarked;
