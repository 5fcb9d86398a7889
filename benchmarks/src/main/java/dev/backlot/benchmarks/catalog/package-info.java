/** How fast the catalog is when it is large. */
@NullMarked
package dev.backlot.benchmarks.catalog;

import org.jspecify.annotations.NullMarked;
