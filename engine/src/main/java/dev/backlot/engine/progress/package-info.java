/** How far pipelines are. */
@NullMarked
package dev.backlot.engine.progress;

import org.jspecify.annotations.NullMarked;
