package dev.backlot.warehouse.rest;

import dev.backlot.warehouse.LakeCatalog;
import dev.backlot.warehouse.LakeSettings;
import dev.backlot.warehouse.OpenCatalog;
import dev.backlot.warehouse.TableName;
import dev.backlot.warehouse.query.Masking;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.apache.iceberg.BaseTable;
import org.apache.iceberg.CatalogUtil;
import org.apache.iceberg.SnapshotRef;
import org.apache.iceberg.Table;
import org.apache.iceberg.TableMetadata;
import org.apache.iceberg.catalog.Catalog;
import org.apache.iceberg.catalog.Namespace;
import org.apache.iceberg.catalog.SupportsNamespaces;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.exceptions.BadRequestException;
import org.apache.iceberg.exceptions.ForbiddenException;
import org.apache.iceberg.exceptions.NoSuchTableException;
import org.apache.iceberg.exceptions.NoSuchWarehouseException;
import org.apache.iceberg.rest.CatalogHandlers;
import org.apache.iceberg.rest.RESTCatalogProperties.SnapshotMode;
import org.apache.iceberg.rest.RESTUtil;
import org.apache.iceberg.rest.requests.CommitTransactionRequest;
import org.apache.iceberg.rest.requests.CreateNamespaceRequest;
import org.apache.iceberg.rest.requests.CreateTableRequest;
import org.apache.iceberg.rest.requests.RegisterTableRequest;
import org.apache.iceberg.rest.requests.RenameTableRequest;
import org.apache.iceberg.rest.requests.UpdateNamespacePropertiesRequest;
import org.apache.iceberg.rest.requests.UpdateTableRequest;
import org.apache.iceberg.rest.responses.ConfigResponse;
import org.apache.iceberg.rest.responses.LoadTableResponse;

/**
 * Iceberg's REST catalog protocol over the catalog {@code lake}, by Iceberg's own handlers, so that
 * Trino, Spark, DuckDB and others read tables and business views. Clients may keep tables and views
 * of their own; {@link OutsideWrites} says what they may do to those of pipelines. Safe for use by
 * several threads.
 *
 * @see <a href="https://iceberg.apache.org/rest-catalog-spec/">the protocol</a>
 */
public final class CatalogProtocol {
  /** Stands before namespaces in paths; clients learn it from the configuration. */
  static final String PREFIX = LakeCatalog.NAME;

  /** Whose failure may leave something done. */
  private static final Set<Route> COMMITS =
      EnumSet.of(
          Route.CREATE_TABLE,
          Route.REGISTER_TABLE,
          Route.UPDATE_TABLE,
          Route.COMMIT_TRANSACTION,
          Route.CREATE_VIEW,
          Route.REGISTER_VIEW,
          Route.UPDATE_VIEW);

  private final Catalog tables;
  private final SupportsNamespaces namespaces;
  private final ViewProtocol views;
  private final LakeSettings settings;
  private final OutsideWrites writes;
  private final Locations locations;
  private final List<Route> routes;

  /** Serves a catalog, which the caller closes. */
  public CatalogProtocol(LakeCatalog lake, TableOwners owners) {
    OpenCatalog catalog = lake.iceberg();
    this.tables = catalog.tables();
    this.namespaces = catalog.namespaces();
    this.settings = lake.settings();
    this.writes = new OutsideWrites(owners);
    this.locations = new Locations(settings, writes);
    this.views = new ViewProtocol(catalog.views(), writes, locations);
    this.routes =
        Arrays.stream(Route.values())
            .filter(route -> route != Route.COMMIT_TRANSACTION || settings.isJdbc())
            .filter(route -> !ViewProtocol.ROUTES.contains(route) || catalog.views().isPresent())
            .toList();
  }

  /** Answers a request of somebody who may see everything; failures are answers too. */
  public Answer answer(Call call) {
    return answer(call, Masking.NONE);
  }

  /**
   * Answers a request; failures are answers too. Whoever loads a table reads its files as they are:
   * a table with masked columns is not given away.
   */
  public Answer answer(Call call, Masking masking) {
    Optional<Route.Match> match =
        Route.of(call.method(), call.path()).filter(found -> routes.contains(found.route()));
    if (match.isEmpty()) {
      return Errors.noRoute(call.method(), call.path());
    }
    Route route = match.get().route();
    try {
      Target target = new Target(match.get().names());
      if (route == Route.LOAD_TABLE || route == Route.UPDATE_TABLE) {
        refuseMasked(target.table(), masking);
      }
      return answer(route, target, call);
    } catch (RuntimeException e) {
      return Errors.of(e, COMMITS.contains(route));
    }
  }

  private static void refuseMasked(TableIdentifier table, Masking masking) {
    if (table.namespace().length() != 1) {
      return;
    }
    Set<String> masked = masking.columns(new TableName(table.namespace().level(0), table.name()));
    if (!masked.isEmpty()) {
      throw new ForbiddenException(
          "Cannot load table '%s': columns of it are masked for you: %s. Query it through Backlot,"
              + " which masks them, or ask for the clearance.",
          table, String.join(", ", masked));
    }
  }

  private Answer answer(Route route, Target target, Call call) {
    if (ViewProtocol.ROUTES.contains(route)) {
      return views.answer(route, target, call);
    }
    return switch (route) {
      case CONFIG -> config(call);
      case LIST_NAMESPACES -> listNamespaces(call);
      case CREATE_NAMESPACE -> createNamespace(call);
      case LOAD_NAMESPACE -> {
        yield Answer.of(CatalogHandlers.loadNamespace(namespaces, target.namespace()));
      }
      case NAMESPACE_EXISTS -> {
        CatalogHandlers.namespaceExists(namespaces, target.namespace());
        yield Answer.nothing(204);
      }
      case DROP_NAMESPACE -> {
        CatalogHandlers.dropNamespace(namespaces, target.namespace());
        yield Answer.nothing(204);
      }
      case UPDATE_NAMESPACE -> updateNamespace(target.namespace(), call);
      case LIST_TABLES -> listTables(target.namespace(), call);
      case CREATE_TABLE -> createTable(target.namespace(), call);
      case REGISTER_TABLE -> registerTable(target.namespace(), call);
      case LOAD_TABLE -> loadTable(target.table(), call);
      case TABLE_EXISTS -> {
        CatalogHandlers.tableExists(tables, target.table());
        yield Answer.nothing(204);
      }
      case UPDATE_TABLE -> updateTable(target.table(), call);
      case DROP_TABLE -> dropTable(target.table(), call.flag("purgeRequested"));
      case RENAME_TABLE -> renameTable(call);
      case COMMIT_TRANSACTION -> commitTransaction(call);
      case REPORT_METRICS -> Answer.nothing(204);
      default -> throw new IllegalStateException("No handler for " + route);
    };
  }

  private Answer config(Call call) {
    String warehouse = call.parameters().getOrDefault("warehouse", "");
    if (!Set.of("", PREFIX, settings.warehouse()).contains(warehouse)) {
      throw new NoSuchWarehouseException(
          "Cannot find warehouse '%s': this catalog's only one is '%s'. Leave it out.",
          warehouse, PREFIX);
    }
    return Answer.of(
        ConfigResponse.builder()
            .withOverride("prefix", PREFIX)
            .withEndpoints(routes.stream().map(Route::endpoint).flatMap(Optional::stream).toList())
            .build());
  }

  private Answer listNamespaces(Call call) {
    String parent = call.parameters().getOrDefault("parent", "");
    Namespace namespace =
        parent.isEmpty() ? Namespace.empty() : RESTUtil.namespaceFromQueryParam(parent);
    String size = call.parameters().get("pageSize");
    return Answer.of(
        size == null
            ? CatalogHandlers.listNamespaces(namespaces, namespace)
            : CatalogHandlers.listNamespaces(namespaces, namespace, pageToken(call), size));
  }

  static String pageToken(Call call) {
    return call.parameters().getOrDefault("pageToken", "");
  }

  private Answer createNamespace(Call call) {
    CreateNamespaceRequest request = ProtocolJson.read(call.body(), CreateNamespaceRequest.class);
    writes.checkName(request.namespace(), "any");
    if (settings.isJdbc()) {
      locations.checkNamespace(request.properties());
    }
    return Answer.of(CatalogHandlers.createNamespace(namespaces, request));
  }

  private Answer updateNamespace(Namespace namespace, Call call) {
    UpdateNamespacePropertiesRequest request =
        ProtocolJson.read(call.body(), UpdateNamespacePropertiesRequest.class);
    locations.checkNamespace(request.updates());
    return Answer.of(CatalogHandlers.updateNamespaceProperties(namespaces, namespace, request));
  }

  private Answer listTables(Namespace namespace, Call call) {
    String size = call.parameters().get("pageSize");
    return Answer.of(
        size == null
            ? CatalogHandlers.listTables(tables, namespace)
            : CatalogHandlers.listTables(tables, namespace, pageToken(call), size));
  }

  private Answer createTable(Namespace namespace, Call call) {
    CreateTableRequest request = ProtocolJson.read(call.body(), CreateTableRequest.class);
    writes.checkName(namespace, request.name());
    writes.check("create table", TableIdentifier.of(namespace, request.name()));
    locations.check(request.location(), request.properties());
    return table(
        request.stageCreate()
            ? CatalogHandlers.stageTableCreate(tables, namespace, request)
            : CatalogHandlers.createTable(tables, namespace, request),
        SnapshotMode.ALL);
  }

  private Answer registerTable(Namespace namespace, Call call) {
    RegisterTableRequest request = ProtocolJson.read(call.body(), RegisterTableRequest.class);
    writes.checkName(namespace, request.name());
    writes.check("register table", TableIdentifier.of(namespace, request.name()));
    locations.checkTable(request.metadataLocation());
    return table(CatalogHandlers.registerTable(tables, namespace, request), SnapshotMode.ALL);
  }

  private Answer loadTable(TableIdentifier table, Call call) {
    SnapshotMode mode = snapshots(call.parameters().getOrDefault("snapshots", "all"));
    Answer answer = table(CatalogHandlers.loadTable(tables, table, mode), mode);
    boolean unchanged =
        answer.etag().isPresent()
            && call.ifNoneMatch().isPresent()
            && Arrays.stream(call.ifNoneMatch().get().split(","))
                .map(tag -> tag.strip().replaceFirst("^W/", ""))
                .anyMatch(answer.etag().get()::equals);
    return unchanged ? new Answer(304, "", answer.etag()) : answer;
  }

  private static SnapshotMode snapshots(String value) {
    return switch (value.toLowerCase(Locale.ROOT)) {
      case "all" -> SnapshotMode.ALL;
      case "refs" -> SnapshotMode.REFS;
      default ->
          throw new BadRequestException("Cannot load snapshots '%s': say all or refs.", value);
    };
  }

  /** The tag changes with each commit, and differs between what clients may ask for. */
  private static Answer table(LoadTableResponse response, SnapshotMode mode) {
    Answer answer = Answer.of(response);
    if (response.metadataLocation() == null) {
      return answer;
    }
    byte[] state = (mode + " " + response.metadataLocation()).getBytes(StandardCharsets.UTF_8);
    return new Answer(
        answer.status(),
        answer.body(),
        Optional.of('"' + UUID.nameUUIDFromBytes(state).toString() + '"'));
  }

  private Answer updateTable(TableIdentifier table, Call call) {
    UpdateTableRequest request = ProtocolJson.read(call.body(), UpdateTableRequest.class);
    check(table, request);
    return table(CatalogHandlers.updateTable(tables, table, request), SnapshotMode.ALL);
  }

  private void check(TableIdentifier table, UpdateTableRequest request) {
    writes.checkName(table.namespace(), table.name());
    writes.check(table, request.updates(), reference -> isTag(table, reference));
    locations.check(request.updates());
  }

  private boolean isTag(TableIdentifier table, String name) {
    SnapshotRef reference = tables.loadTable(table).refs().get(name);
    return reference != null && reference.isTag();
  }

  private Answer dropTable(TableIdentifier table, boolean purge) {
    writes.check("drop table", table);
    if (purge && settings.isJdbc()) {
      purge(table);
    } else if (purge) {
      CatalogHandlers.purgeTable(tables, table);
    } else {
      CatalogHandlers.dropTable(tables, table);
    }
    return Answer.nothing(204);
  }

  /** Its manifests are the client's own: they may list anything, which must not be deleted. */
  private void purge(TableIdentifier identifier) {
    Table table = tables.loadTable(identifier);
    TableMetadata last = ((BaseTable) table).operations().current();
    if (!tables.dropTable(identifier, false)) {
      throw new NoSuchTableException("Table does not exist: %s", identifier);
    }
    CatalogUtil.dropTableData(new DeletesBelow(table.io(), last.location()), last);
  }

  private Answer renameTable(Call call) {
    RenameTableRequest request = ProtocolJson.read(call.body(), RenameTableRequest.class);
    writes.check("rename table", request.source());
    writes.checkName(request.destination().namespace(), request.destination().name());
    writes.check("rename a table to", request.destination());
    CatalogHandlers.renameTable(tables, request);
    return Answer.nothing(204);
  }

  private Answer commitTransaction(Call call) {
    CommitTransactionRequest request =
        ProtocolJson.read(call.body(), CommitTransactionRequest.class);
    request.tableChanges().forEach(change -> check(change.identifier(), change));
    new TablesTransaction(settings, tables).commit(request.tableChanges());
    return Answer.nothing(204);
  }

  /** The names in a path, decoded. */
  record Target(Map<String, String> names) {
    Namespace namespace() {
      return RESTUtil.decodeNamespace(name("namespace"));
    }

    TableIdentifier table() {
      return TableIdentifier.of(namespace(), RESTUtil.decodeString(name("table")));
    }

    TableIdentifier view() {
      return TableIdentifier.of(namespace(), RESTUtil.decodeString(name("view")));
    }

    private String name(String of) {
      return names.getOrDefault(of, "");
    }
  }
}
