/** What audits and capture say to each other about the rows of a Source. */
@NullMarked
package dev.backlot.model.audit;

import org.jspecify.annotations.NullMarked;
