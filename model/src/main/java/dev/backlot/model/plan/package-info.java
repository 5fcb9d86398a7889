/** The plan of a pipeline: all that a job needs, computed purely from intent and schemas. */
@NullMarked
package dev.backlot.model.plan;

import org.jspecify.annotations.NullMarked;
