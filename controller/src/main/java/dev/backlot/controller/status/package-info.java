/** How the whole platform is, in one answer. */
@NullMarked
package dev.backlot.controller.status;

import org.jspecify.annotations.NullMarked;
