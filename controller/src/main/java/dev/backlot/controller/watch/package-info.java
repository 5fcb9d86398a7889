/** Pushes what requests answer, as often as their answers change. */
@NullMarked
package dev.backlot.controller.watch;

import org.jspecify.annotations.NullMarked;
