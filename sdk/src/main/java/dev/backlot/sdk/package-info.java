/** The contract that plugins see: processors, and the shapes of what flows between steps. */
@NullMarked
package dev.backlot.sdk;

import org.jspecify.annotations.NullMarked;
