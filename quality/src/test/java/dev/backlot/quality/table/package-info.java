/** Tests. */
@org.jspecify.annotations.NullMarked
package dev.backlot.quality.table;
