/** What a table holds, read as users read it. */
@NullMarked
package dev.backlot.quality.table;

import org.jspecify.annotations.NullMarked;
