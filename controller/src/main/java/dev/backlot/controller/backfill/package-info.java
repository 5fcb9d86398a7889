/** Backfills of younger columns as the controller offers, asks for and shows them. */
@NullMarked
package dev.backlot.controller.backfill;

import org.jspecify.annotations.NullMarked;
