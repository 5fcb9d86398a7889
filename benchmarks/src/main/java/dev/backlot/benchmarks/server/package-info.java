/** The servers that benchmarks share, as child processes, and what these use. */
@NullMarked
package dev.backlot.benchmarks.server;

import org.jspecify.annotations.NullMarked;
