/** What audits want to know of a table, read beside the log. */
@NullMarked
package dev.backlot.capture.postgres.audit;

import org.jspecify.annotations.NullMarked;
