/** What tables show of heartbeats, and when silence needs a person. */
@NullMarked
package dev.backlot.controller.heartbeat;

import org.jspecify.annotations.NullMarked;
