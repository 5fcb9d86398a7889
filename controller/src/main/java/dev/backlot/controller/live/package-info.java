/** The state of everything, pushed to the page at `/`. */
@NullMarked
package dev.backlot.controller.live;

import org.jspecify.annotations.NullMarked;
