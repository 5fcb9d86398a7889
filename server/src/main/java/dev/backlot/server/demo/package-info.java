/** The demo studio beside the platform. */
@NullMarked
package dev.backlot.server.demo;

import org.jspecify.annotations.NullMarked;
