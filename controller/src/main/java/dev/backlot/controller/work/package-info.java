/** Long work of every kind, shown alike: dumps, backfills, maintenance, audits and repairs. */
@NullMarked
package dev.backlot.controller.work;

import org.jspecify.annotations.NullMarked;
