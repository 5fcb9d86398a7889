/** Who calls, what they may do, and the log of what they did. */
@NullMarked
package dev.backlot.controller.access;

import org.jspecify.annotations.NullMarked;
