/** Tables and queries over them. */
@NullMarked
package dev.backlot.controller.table;

import org.jspecify.annotations.NullMarked;
