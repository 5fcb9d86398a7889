/** Which rows and columns of a table come from which rows and columns of a Source. */
@NullMarked
package dev.backlot.quality.mapping;

import org.jspecify.annotations.NullMarked;
