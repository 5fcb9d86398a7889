/** What captures do, as Prometheus metrics of this process. */
@NullMarked
package dev.backlot.capture.metrics;

import org.jspecify.annotations.NullMarked;
