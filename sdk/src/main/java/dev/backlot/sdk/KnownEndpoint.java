package dev.backlot.sdk;

import dev.backlot.model.spec.EndpointSpec;
import java.util.Optional;

/**
 * An endpoint as planning sees it.
 *
 * @param config where it is
 * @param schema its schema in GraphQL's schema language; empty when it could never be read
 * @param reason why there is no schema, a clause without a final stop; else empty
 */
public record KnownEndpoint(EndpointSpec.Config config, Optional<String> schema, String reason) {}
