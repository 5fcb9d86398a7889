/** Capture beside its limits and Debezium. */
@NullMarked
package dev.backlot.benchmarks.capture;

import org.jspecify.annotations.NullMarked;
