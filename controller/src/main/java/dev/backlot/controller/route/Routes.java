package dev.backlot.controller.route;

import dev.backlot.controller.document.Usage;
import dev.backlot.metadata.DocumentStore;
import dev.backlot.metadata.DocumentStore.StoredDocument;
import dev.backlot.model.spec.RouteSpec;
import dev.backlot.model.spec.SpecKind;
import java.util.List;
import java.util.Optional;

/** The declared routes. Thread-safe. */
final class Routes {
  private final DocumentStore documents;

  Routes(DocumentStore documents) {
    this.documents = documents;
  }

  /** Returns those that are not being deleted. */
  List<RouteSpec> list() {
    return documents.list(SpecKind.ROUTE).stream()
        .filter(document -> !document.deleting())
        .flatMap(document -> read(document).stream())
        .toList();
  }

  Optional<RouteSpec> find(String name) {
    return documents
        .find(SpecKind.ROUTE, name)
        .filter(document -> !document.deleting())
        .flatMap(Routes::read);
  }

  private static Optional<RouteSpec> read(StoredDocument document) {
    return Usage.spec(document.json())
        .filter(RouteSpec.class::isInstance)
        .map(RouteSpec.class::cast);
  }
}
