/** Connections and Sources: statuses, samples, dumps. */
@NullMarked
package dev.backlot.controller.source;

import org.jspecify.annotations.NullMarked;
