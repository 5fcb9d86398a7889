/** The pages that people see, in a real browser. */
@NullMarked
package dev.backlot.benchmarks.page;

import org.jspecify.annotations.NullMarked;
