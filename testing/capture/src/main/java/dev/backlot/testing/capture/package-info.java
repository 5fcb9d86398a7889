/**
 * Capture workers, a broker and databases as processes that can be killed and frozen; a workload
 * that knows what it committed; and a check, by no code of capture's, that topics tell each change
 * once and in order.
 */
@NullMarked
package dev.backlot.testing.capture;

import org.jspecify.annotations.NullMarked;
