/** A capture worker without a platform around it. */
@NullMarked
package dev.backlot.server.worker;

import org.jspecify.annotations.NullMarked;
