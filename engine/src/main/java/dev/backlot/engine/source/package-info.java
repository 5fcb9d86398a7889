/** What the topics of Sources hold. */
@NullMarked
package dev.backlot.engine.source;

import org.jspecify.annotations.NullMarked;
