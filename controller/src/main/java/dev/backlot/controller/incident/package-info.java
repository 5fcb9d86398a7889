/** What needs a person: the conditions that hold, the incidents that they make. */
@NullMarked
package dev.backlot.controller.incident;

import org.jspecify.annotations.NullMarked;
