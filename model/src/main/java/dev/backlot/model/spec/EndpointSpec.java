package dev.backlot.model.spec;

/** A GraphQL graph that enrichment may call. */
public record EndpointSpec(SpecHeader header, String type, String url) implements Spec {}
