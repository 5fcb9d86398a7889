/** One command that starts, watches and stops a whole platform on this machine. */
@NullMarked
package dev.backlot.server;

import org.jspecify.annotations.NullMarked;
