/** The Iceberg REST catalog under {@code /iceberg}. */
@NullMarked
package dev.backlot.controller.iceberg;

import org.jspecify.annotations.NullMarked;
