/** Which connections this process captures: intent, leases, back-off, statuses. */
@NullMarked
package dev.backlot.capture.worker;

import org.jspecify.annotations.NullMarked;
