/** Kafka topics as Flink streams that start where tables stand. */
@NullMarked
package dev.backlot.transport;

import org.jspecify.annotations.NullMarked;
