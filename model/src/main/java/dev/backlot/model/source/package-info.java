/** Catalogued Sources, as capture describes them. */
@NullMarked
package dev.backlot.model.source;

import org.jspecify.annotations.NullMarked;
