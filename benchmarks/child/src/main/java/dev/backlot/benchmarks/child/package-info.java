/** Processes that benchmarks start and command, line by line. */
@NullMarked
package dev.backlot.benchmarks.child;

import org.jspecify.annotations.NullMarked;
