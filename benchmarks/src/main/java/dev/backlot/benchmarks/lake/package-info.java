/** The whole product, from PostgreSQL to a query, beside its limits. */
@NullMarked
package dev.backlot.benchmarks.lake;

import org.jspecify.annotations.NullMarked;
