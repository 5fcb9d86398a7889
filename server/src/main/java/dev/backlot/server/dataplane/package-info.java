/** The process that does the work: Kafka, capture, Flink and the engine. */
@NullMarked
package dev.backlot.server.dataplane;

import org.jspecify.annotations.NullMarked;
