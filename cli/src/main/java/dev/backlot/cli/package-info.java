/** The command line tool, over REST. */
@NullMarked
package dev.backlot.cli;

import org.jspecify.annotations.NullMarked;
