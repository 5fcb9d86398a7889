/**
 * What pipelines do when the schemas of their Sources change: whether they go on, go on under a new
 * plan, or wait for their owner.
 *
 * <p>Start reading at {@link dev.backlot.controller.evolution.Evolution}.
 */
@NullMarked
package dev.backlot.controller.evolution;

import org.jspecify.annotations.NullMarked;
