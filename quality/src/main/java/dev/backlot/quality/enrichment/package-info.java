/** Audits of columns that enrichment fills: the graph is asked again about rows. */
@NullMarked
package dev.backlot.quality.enrichment;

import org.jspecify.annotations.NullMarked;
