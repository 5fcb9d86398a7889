/**
 * Who may see which values. Fields of Sources have tags; whoever lacks the clearance for one and is
 * not of the Source's owning team sees neither the field's values nor those that come from it.
 */
@NullMarked
package dev.backlot.controller.mask;

import org.jspecify.annotations.NullMarked;
