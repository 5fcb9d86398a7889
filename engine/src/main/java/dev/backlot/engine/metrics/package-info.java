/** The page with this process's Prometheus metrics, and what Flink measures among them. */
@NullMarked
package dev.backlot.engine.metrics;

import org.jspecify.annotations.NullMarked;
