/**
 * Events as Flink rows: the source's columns that a plan asks for, then the system columns.
 *
 * <p>Start reading at {@link dev.backlot.event.flink.SourceDecoder}.
 */
@NullMarked
package dev.backlot.event.flink;

import org.jspecify.annotations.NullMarked;
