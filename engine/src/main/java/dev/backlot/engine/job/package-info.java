/** From plans to running Flink jobs. */
@NullMarked
package dev.backlot.engine.job;

import org.jspecify.annotations.NullMarked;
