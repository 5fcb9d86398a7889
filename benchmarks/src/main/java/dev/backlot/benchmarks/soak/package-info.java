/**
 * Does for an hour's part what an installation does for months, and looks whether it stays fast.
 */
@NullMarked
package dev.backlot.benchmarks.soak;

import org.jspecify.annotations.NullMarked;
