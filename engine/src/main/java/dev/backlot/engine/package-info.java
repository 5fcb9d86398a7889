/** Plans pipelines, runs their jobs and says how far they are. */
@NullMarked
package dev.backlot.engine;

import org.jspecify.annotations.NullMarked;
