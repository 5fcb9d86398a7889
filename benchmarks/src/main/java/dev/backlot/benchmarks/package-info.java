/** Benchmarks that run the product as users do. */
@NullMarked
package dev.backlot.benchmarks;

import org.jspecify.annotations.NullMarked;
