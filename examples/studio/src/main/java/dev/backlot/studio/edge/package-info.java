/**
 * "Studio edge": the studio's GraphQL graph, a federated subgraph over its database. Start reading
 * at {@link dev.backlot.studio.edge.StudioEdge}.
 */
@NullMarked
package dev.backlot.studio.edge;

import org.jspecify.annotations.NullMarked;
