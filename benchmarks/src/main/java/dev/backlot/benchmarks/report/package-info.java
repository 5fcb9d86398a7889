/** What benchmarks found, as text, JSON and a chart. */
@NullMarked
package dev.backlot.benchmarks.report;

import org.jspecify.annotations.NullMarked;
