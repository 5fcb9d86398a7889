/**
 * The language of filters: SQL predicates, parsed, type-checked against the input and compiled to
 * closures over rows. Expressions are total: whatever a row holds, evaluation ends in a value or in
 * NULL, never in a failure.
 */
@NullMarked
package dev.backlot.processors.expression;

import org.jspecify.annotations.NullMarked;
