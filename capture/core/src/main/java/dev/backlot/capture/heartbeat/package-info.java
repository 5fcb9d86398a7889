/** Synthetic events that prove that a connection's capture, and everything behind it, is alive. */
@NullMarked
package dev.backlot.capture.heartbeat;

import org.jspecify.annotations.NullMarked;
