/** What users declare: connections, endpoints, pipelines, routes, as typed records. */
@NullMarked
package dev.backlot.model.spec;

import org.jspecify.annotations.NullMarked;
