/** The ordered, exactly-once way of events into Kafka: writer, fences, tails. */
@NullMarked
package dev.backlot.capture.log;

import org.jspecify.annotations.NullMarked;
