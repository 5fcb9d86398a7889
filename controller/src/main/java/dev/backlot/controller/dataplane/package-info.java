/** What the controller asks of the data plane, over HTTP. */
@NullMarked
package dev.backlot.controller.dataplane;

import org.jspecify.annotations.NullMarked;
