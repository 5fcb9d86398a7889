/** Debezium's embedded engine beside which capture is measured, in a process of its own. */
@NullMarked
package dev.backlot.benchmarks.debezium;

import org.jspecify.annotations.NullMarked;
