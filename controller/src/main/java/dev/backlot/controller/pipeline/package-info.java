/** Pipelines: the reconciler, their statuses and commands. */
@NullMarked
package dev.backlot.controller.pipeline;

import org.jspecify.annotations.NullMarked;
