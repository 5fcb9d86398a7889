/** The schema registry's REST API, as Confluent's. */
@NullMarked
package dev.backlot.controller.schema;

import org.jspecify.annotations.NullMarked;
