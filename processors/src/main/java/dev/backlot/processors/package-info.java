/** The built-in processors: filter, projection, rename, union. */
@NullMarked
package dev.backlot.processors;

import org.jspecify.annotations.NullMarked;
