/** A real federated GraphQL graph that tests fill and break as they like. */
@NullMarked
package dev.backlot.testing.graph;

import org.jspecify.annotations.NullMarked;
