/** Reads YAML and JSON documents into typed specs, with every problem and its place. */
@NullMarked
package dev.backlot.spec;

import org.jspecify.annotations.NullMarked;
