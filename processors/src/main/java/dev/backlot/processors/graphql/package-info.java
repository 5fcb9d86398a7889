/**
 * Enrichment from GraphQL graphs: queries checked against the schema, rows asked about in batches.
 */
@NullMarked
package dev.backlot.processors.graphql;

import org.jspecify.annotations.NullMarked;
