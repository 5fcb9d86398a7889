/** Capture: changes of external databases become Sources. Knows no particular database. */
@NullMarked
package dev.backlot.capture;

import org.jspecify.annotations.NullMarked;
