/** What the steps of a pipeline that is still being written would make of sampled events. */
@NullMarked
package dev.backlot.engine.preview;

import org.jspecify.annotations.NullMarked;
