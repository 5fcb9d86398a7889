/** The Iceberg REST catalog's protocol over the catalog {@code lake}, without an HTTP server. */
@NullMarked
package dev.backlot.warehouse.rest;

import org.jspecify.annotations.NullMarked;
