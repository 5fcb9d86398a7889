/** The query page: runs that can be cancelled, exports, saved queries, what a query can name. */
@NullMarked
package dev.backlot.controller.query;

import org.jspecify.annotations.NullMarked;
