/** Dumps of Sources: asked for, told what to do, and shown with what is left of them. */
@NullMarked
package dev.backlot.controller.dump;

import org.jspecify.annotations.NullMarked;
