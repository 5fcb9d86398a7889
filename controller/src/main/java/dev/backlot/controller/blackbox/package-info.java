/** Audits of two queries: when they look, what became of it, repairs. */
@NullMarked
package dev.backlot.controller.blackbox;

import org.jspecify.annotations.NullMarked;
