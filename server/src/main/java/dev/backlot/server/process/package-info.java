/** Processes that are kept running, whatever happens to them or to their supervisor. */
@NullMarked
package dev.backlot.server.process;

import org.jspecify.annotations.NullMarked;
