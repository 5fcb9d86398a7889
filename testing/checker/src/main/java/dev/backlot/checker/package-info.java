/**
 * Computes whether a target holds exactly what a PostgreSQL table holds. Shares no code with
 * capture, events, sinks or the warehouse, so that their mistakes can't hide in it.
 */
@NullMarked
package dev.backlot.checker;

import org.jspecify.annotations.NullMarked;
