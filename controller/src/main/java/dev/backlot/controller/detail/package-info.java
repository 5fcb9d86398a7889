/** All that is known of one Source or one table, as its page shows it. */
@NullMarked
package dev.backlot.controller.detail;

import org.jspecify.annotations.NullMarked;
