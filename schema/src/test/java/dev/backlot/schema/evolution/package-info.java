@NullMarked
package dev.backlot.schema.evolution;

import org.jspecify.annotations.NullMarked;
