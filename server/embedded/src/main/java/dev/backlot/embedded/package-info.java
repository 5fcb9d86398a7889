/** PostgreSQL, Kafka and Flink without an installation: for {@code backlot up} and for tests. */
@NullMarked
package dev.backlot.embedded;

import org.jspecify.annotations.NullMarked;
