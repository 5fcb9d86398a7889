/** The data plane's HTTP interface on loopback. */
@NullMarked
package dev.backlot.engine.api;

import org.jspecify.annotations.NullMarked;
