/** Whom incidents are told, and how messages reach them. */
@NullMarked
package dev.backlot.controller.route;

import org.jspecify.annotations.NullMarked;
