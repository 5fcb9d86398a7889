/** Work on tables that is done again and again, by whichever controller has time. */
@NullMarked
package dev.backlot.controller.schedule;

import org.jspecify.annotations.NullMarked;
