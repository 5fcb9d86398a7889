/** Whole platforms, started by the product's own command, for tests and benchmarks. */
@NullMarked
package dev.backlot.testing.platform;

import org.jspecify.annotations.NullMarked;
