/** How a database is connected and watched: checks, tables, dumps at a glance. */
@NullMarked
package dev.backlot.controller.connection;

import org.jspecify.annotations.NullMarked;
