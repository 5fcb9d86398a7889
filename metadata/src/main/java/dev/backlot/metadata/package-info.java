/**
 * The database in which the controller and the data plane meet: intent, Sources, leases, statuses.
 */
@NullMarked
package dev.backlot.metadata;

import org.jspecify.annotations.NullMarked;
