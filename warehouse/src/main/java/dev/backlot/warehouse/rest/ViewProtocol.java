package dev.backlot.warehouse.rest;

import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import org.apache.iceberg.catalog.Namespace;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.catalog.ViewCatalog;
import org.apache.iceberg.rest.CatalogHandlers;
import org.apache.iceberg.rest.requests.CreateViewRequest;
import org.apache.iceberg.rest.requests.RegisterViewRequest;
import org.apache.iceberg.rest.requests.RenameTableRequest;
import org.apache.iceberg.rest.requests.UpdateTableRequest;

/** The protocol's part about views. */
final class ViewProtocol {
  static final Set<Route> ROUTES =
      EnumSet.of(
          Route.LIST_VIEWS,
          Route.CREATE_VIEW,
          Route.REGISTER_VIEW,
          Route.LOAD_VIEW,
          Route.VIEW_EXISTS,
          Route.UPDATE_VIEW,
          Route.DROP_VIEW,
          Route.RENAME_VIEW);

  private final Optional<ViewCatalog> catalog;
  private final OutsideWrites writes;
  private final Locations locations;

  ViewProtocol(Optional<ViewCatalog> catalog, OutsideWrites writes, Locations locations) {
    this.catalog = catalog;
    this.writes = writes;
    this.locations = locations;
  }

  /** Answers one of {@link #ROUTES}; the catalog has views. */
  Answer answer(Route route, CatalogProtocol.Target target, Call call) {
    ViewCatalog views = catalog.orElseThrow();
    return switch (route) {
      case LIST_VIEWS -> list(views, target.namespace(), call);
      case CREATE_VIEW -> create(views, target.namespace(), call);
      case REGISTER_VIEW -> register(views, target.namespace(), call);
      case LOAD_VIEW -> Answer.of(CatalogHandlers.loadView(views, target.view()));
      case VIEW_EXISTS -> {
        CatalogHandlers.viewExists(views, target.view());
        yield Answer.nothing(204);
      }
      case UPDATE_VIEW -> update(views, target.view(), call);
      case DROP_VIEW -> {
        writes.check("drop view", target.view());
        CatalogHandlers.dropView(views, target.view());
        yield Answer.nothing(204);
      }
      case RENAME_VIEW -> rename(views, call);
      default -> throw new IllegalStateException("Not about views: " + route);
    };
  }

  private static Answer list(ViewCatalog views, Namespace namespace, Call call) {
    String size = call.parameters().get("pageSize");
    return Answer.of(
        size == null
            ? CatalogHandlers.listViews(views, namespace)
            : CatalogHandlers.listViews(views, namespace, CatalogProtocol.pageToken(call), size));
  }

  private Answer create(ViewCatalog views, Namespace namespace, Call call) {
    CreateViewRequest request = ProtocolJson.read(call.body(), CreateViewRequest.class);
    writes.checkName(namespace, request.name());
    writes.check("create view", TableIdentifier.of(namespace, request.name()));
    locations.check(request.location(), request.properties());
    return Answer.of(CatalogHandlers.createView(views, namespace, request));
  }

  private Answer register(ViewCatalog views, Namespace namespace, Call call) {
    RegisterViewRequest request = ProtocolJson.read(call.body(), RegisterViewRequest.class);
    writes.checkName(namespace, request.name());
    writes.check("register view", TableIdentifier.of(namespace, request.name()));
    locations.checkView(request.metadataLocation());
    return Answer.of(CatalogHandlers.registerView(views, namespace, request));
  }

  private Answer update(ViewCatalog views, TableIdentifier view, Call call) {
    UpdateTableRequest request = ProtocolJson.read(call.body(), UpdateTableRequest.class);
    writes.check("change view", view);
    locations.check(request.updates());
    return Answer.of(CatalogHandlers.updateView(views, view, request));
  }

  private Answer rename(ViewCatalog views, Call call) {
    RenameTableRequest request = ProtocolJson.read(call.body(), RenameTableRequest.class);
    writes.check("rename view", request.source());
    writes.checkName(request.destination().namespace(), request.destination().name());
    writes.check("rename a view to", request.destination());
    CatalogHandlers.renameView(views, request);
    return Answer.nothing(204);
  }
}
