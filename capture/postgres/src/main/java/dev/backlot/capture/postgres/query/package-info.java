/** Users' own queries in a captured database, for black-box audits. */
@NullMarked
package dev.backlot.capture.postgres.query;

import org.jspecify.annotations.NullMarked;
