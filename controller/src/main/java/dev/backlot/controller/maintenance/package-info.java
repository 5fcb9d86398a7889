/** Table maintenance as the controller runs it: when, by whom, and what became of it. */
@NullMarked
package dev.backlot.controller.maintenance;

import org.jspecify.annotations.NullMarked;
