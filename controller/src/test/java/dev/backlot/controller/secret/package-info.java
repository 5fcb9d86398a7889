@NullMarked
package dev.backlot.controller.secret;

import org.jspecify.annotations.NullMarked;
