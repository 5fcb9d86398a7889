@NullMarked
package dev.backlot.controller.evolution;

import org.jspecify.annotations.NullMarked;
