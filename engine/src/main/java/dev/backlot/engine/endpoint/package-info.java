/** The graphs that enrichment asks: their schemas, and whether they answer. */
@NullMarked
package dev.backlot.engine.endpoint;

import org.jspecify.annotations.NullMarked;
