/** What the graphs that enrichment asks answer now, for audits of enriched columns. */
@NullMarked
package dev.backlot.engine.answer;

import org.jspecify.annotations.NullMarked;
