@NullMarked
package dev.backlot.controller.incident;

import org.jspecify.annotations.NullMarked;
