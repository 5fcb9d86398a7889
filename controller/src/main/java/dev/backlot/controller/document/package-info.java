/** Documents: plan, apply, diff, prune, revisions, deletion. */
@NullMarked
package dev.backlot.controller.document;

import org.jspecify.annotations.NullMarked;
