/** What the controller measures, and the page that shows it to Prometheus. */
@NullMarked
package dev.backlot.controller.metrics;

import org.jspecify.annotations.NullMarked;
