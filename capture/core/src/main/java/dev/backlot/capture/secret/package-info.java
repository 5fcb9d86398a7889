/** Credentials by reference. */
@NullMarked
package dev.backlot.capture.secret;

import org.jspecify.annotations.NullMarked;
