/** How long heartbeats take to every table, and since when one shows none. */
@NullMarked
package dev.backlot.engine.heartbeat;

import org.jspecify.annotations.NullMarked;
