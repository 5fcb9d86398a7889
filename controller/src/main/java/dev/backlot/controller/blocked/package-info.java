/**
 * Pipelines that can't follow a change of a Source without their owner's decision: what they lack,
 * what the owner can choose, and how a choice is carried out.
 *
 * <p>Start reading at {@link dev.backlot.controller.blocked.Resolver}.
 */
@NullMarked
package dev.backlot.controller.blocked;

import org.jspecify.annotations.NullMarked;
