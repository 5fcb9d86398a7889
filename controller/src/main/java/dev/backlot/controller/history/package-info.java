/** What was measured in the last hours and days, for the product's own charts. */
@NullMarked
package dev.backlot.controller.history;

import org.jspecify.annotations.NullMarked;
