/** How one row came to be as it is: its versions, their events, what was done with them. */
@NullMarked
package dev.backlot.controller.row;

import org.jspecify.annotations.NullMarked;
