/** A pipeline as a graph of steps with what each of them does now, and did before. */
@NullMarked
package dev.backlot.controller.graph;

import org.jspecify.annotations.NullMarked;
