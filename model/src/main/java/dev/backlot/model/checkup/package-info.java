/** What a look at a database before its first capture finds, step by step. */
@NullMarked
package dev.backlot.model.checkup;

import org.jspecify.annotations.NullMarked;
