/** Dead letters of pipelines: what there is, and replaying them. */
@NullMarked
package dev.backlot.engine.letter;

import org.jspecify.annotations.NullMarked;
