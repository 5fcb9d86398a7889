/** Dead letters: listing them, showing their records, replaying them. */
@NullMarked
package dev.backlot.controller.letter;

import org.jspecify.annotations.NullMarked;
