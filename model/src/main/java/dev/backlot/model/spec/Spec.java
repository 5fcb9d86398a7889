package dev.backlot.model.spec;

/** One document that a user declared. */
public sealed interface Spec
    permits AuditSpec, ConnectionSpec, EndpointSpec, PipelineSpec, RouteSpec, SourceSpec {
  /** The only API version of today's documents. */
  String API_VERSION = "backlot/v1";

  /** Returns what every document has. */
  SpecHeader header();

  /** Returns the document's name. */
  default String name() {
    return header().name();
  }
}
