package dev.backlot.warehouse;

import dev.backlot.model.Problem;
import dev.backlot.model.ProblemCode;
import dev.backlot.model.ProblemException;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.apache.iceberg.Table;
import org.apache.iceberg.catalog.Namespace;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.catalog.ViewCatalog;
import org.apache.iceberg.exceptions.CommitFailedException;
import org.apache.iceberg.exceptions.NoSuchNamespaceException;
import org.apache.iceberg.exceptions.NoSuchTableException;
import org.apache.iceberg.exceptions.NoSuchViewException;
import org.apache.iceberg.exceptions.RESTException;
import org.apache.iceberg.exceptions.ServiceFailureException;
import org.apache.iceberg.jdbc.UncheckedSQLException;
import org.apache.iceberg.view.View;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The Iceberg catalog {@code lake}: pointers in the metadata database and files under the
 * warehouse's root, unless another catalog is configured.
 *
 * <p>Every handle on the same settings in one JVM shares one catalog (two database connections),
 * which is reached again when it comes back after a restart; reads wait up to {@value
 * #PATIENCE_SECONDS} seconds for it. Safe for use by several threads. Tables loaded from a closed
 * handle stay readable and fail to commit.
 */
public final class LakeCatalog implements AutoCloseable {
  /** The catalog's name, which stands before namespaces in queries. */
  public static final String NAME = "lake";

  /** The table property that names the owning pipeline. */
  public static final String PIPELINE_PROPERTY = LakeTables.PIPELINE;

  private static final Logger LOG = LoggerFactory.getLogger(LakeCatalog.class);
  private static final int PATIENCE_SECONDS = 20;
  private static final int COMMIT_ATTEMPTS = 20;
  private static final Map<LakeSettings, Shared> OPEN = new HashMap<>();

  private final LakeSettings settings;
  private final OpenCatalog catalog;
  private final ManifestFacts manifests = new ManifestFacts();
  private boolean closed;

  private LakeCatalog(LakeSettings settings, OpenCatalog catalog) {
    this.settings = settings;
    this.catalog = catalog;
  }

  /**
   * Opens the catalog; that in the metadata database gets its two tables when they are missing.
   *
   * @throws RuntimeException when the catalog stays unreachable
   */
  public static LakeCatalog open(LakeSettings settings) {
    synchronized (OPEN) {
      Shared shared = OPEN.get(settings);
      if (shared == null) {
        shared = new Shared(patiently("open the catalog", () -> OpenCatalog.of(settings)));
        OPEN.put(settings, shared);
      }
      shared.handles++;
      return new LakeCatalog(settings, shared.catalog);
    }
  }

  /** Returns what the catalog was opened with. */
  public LakeSettings settings() {
    return settings;
  }

  /** Returns Iceberg's own interface to the same catalog; not to be closed. */
  public OpenCatalog iceberg() {
    return catalog;
  }

  /** Returns the table with its newest metadata, or empty when there is none of this name. */
  public Optional<Table> find(TableName name) {
    try {
      return Optional.of(
          patiently("load table " + name, () -> catalog.tables().loadTable(name.identifier())));
    } catch (NoSuchTableException e) {
      return Optional.empty();
    }
  }

  /**
   * Returns the table with its newest metadata.
   *
   * @throws ProblemException with NOT_FOUND
   */
  public Table load(TableName name) {
    return find(name)
        .orElseThrow(
            () ->
                new ProblemException(
                    ProblemCode.NOT_FOUND,
                    "Cannot read table '"
                        + name
                        + "': there is none of this name. See `backlot get tables`."));
  }

  /** Returns the view, or empty when there is none of this name. */
  public Optional<View> findView(TableName name) {
    if (catalog.views().isEmpty()) {
      return Optional.empty();
    }
    ViewCatalog views = catalog.views().get();
    try {
      return Optional.of(patiently("load view " + name, () -> views.loadView(name.identifier())));
    } catch (NoSuchViewException e) {
      return Optional.empty();
    }
  }

  /** Returns the names of all tables, sorted, without views. */
  public List<TableName> tables() {
    return patiently(
        "list tables",
        () -> {
          List<TableName> names = new ArrayList<>();
          for (Namespace namespace : catalog.namespaces().listNamespaces()) {
            try {
              addNames(catalog.tables().listTables(namespace), names);
            } catch (NoSuchNamespaceException e) {
              LOG.debug("Namespace {} was dropped meanwhile", namespace, e);
            }
          }
          return names.stream().sorted().toList();
        });
  }

  /** Returns the names of all tables and views, sorted. */
  public List<TableName> relations() {
    return patiently(
        "list views",
        () -> {
          List<TableName> names = new ArrayList<>(tables());
          if (catalog.views().isPresent()) {
            for (Namespace namespace : catalog.namespaces().listNamespaces()) {
              addNames(catalog.views().get().listViews(namespace), names);
            }
          }
          return names.stream().sorted().toList();
        });
  }

  /** Others may have put anything into the catalog; what no query could name is left out. */
  private static void addNames(List<TableIdentifier> found, List<TableName> names) {
    for (TableIdentifier identifier : found) {
      try {
        names.add(TableName.of(identifier));
      } catch (ProblemException e) {
        LOG.debug("{} is left out", identifier, e);
      }
    }
  }

  /** Returns the table that a business view shows; empty when there is no such view. */
  public Optional<TableName> viewedTable(TableName view) {
    return findView(view)
        .map(found -> found.properties().get(BusinessView.TABLE))
        .map(TableName::parse);
  }

  /** Returns the table at its newest snapshot as DuckDB reads it; empty when there is none. */
  public Optional<LakeRelation> relation(TableName name) {
    return find(name).map(table -> LakeRelation.of(name, table, manifests));
  }

  /** Returns a table's columns as they were when it was loaded. */
  public TableShape shape(Table table) {
    return LakeTables.shape(table);
  }

  /** Returns the key columns of a table, in key order. */
  public List<String> key(Table table) {
    return LakeTables.key(table.properties());
  }

  /** Returns what makes one version of a row newer than another in a table. */
  public TableRequest.VersionOrder order(Table table) {
    return LakeTables.order(table.properties());
  }

  /** Returns the table's current columns, or empty when it does not exist. */
  public Optional<TableShape> shape(TableName name) {
    return find(name).map(LakeTables::shape);
  }

  /** Returns the pipeline that owns a table; empty when there is no table or no owner. */
  public Optional<String> owner(TableName name) {
    return find(name).map(table -> table.properties().get(LakeTables.PIPELINE));
  }

  /** Makes a pipeline the owner of an existing table, so that it may write there. */
  public void adopt(TableName name, String pipeline) {
    load(name).updateProperties().set(LakeTables.PIPELINE, pipeline).commit();
  }

  /**
   * Compares a request with the table as it stands; changes nothing. Its problems include that
   * another pipeline owns the table.
   */
  public TableEvolution check(TableRequest request) {
    Optional<Table> table = find(request.table());
    if (table.isEmpty()) {
      return TableEvolution.ofNewTable(request);
    }
    return check(table.get(), request);
  }

  private static TableEvolution check(Table table, TableRequest request) {
    TableEvolution evolution = TableEvolution.between(LakeTables.shape(table), request);
    String owner = table.properties().getOrDefault(LakeTables.PIPELINE, request.pipeline());
    if (owner.equals(request.pipeline())) {
      return evolution;
    }
    List<Problem> problems = new ArrayList<>(evolution.problems());
    problems.add(
        0,
        Problem.of(
            ProblemCode.TABLE_OWNED_BY_OTHER,
            "Cannot write table '"
                + request.table()
                + "': it belongs to pipeline '"
                + owner
                + "'. Write another table, or delete that pipeline and say `adopt: true` in the"
                + " sink's config."));
    return evolution.withProblems(problems);
  }

  /**
   * Brings the table and its business view to what a pipeline needs: creates them, or adds and
   * widens columns beside a live writer. Repeating it changes nothing.
   *
   * @return the table's columns afterwards, which a plan's last projection must match
   * @throws ProblemException with every reason why it can't; then nothing was changed
   */
  public TableShape ensure(TableRequest request) {
    for (int attempt = 1; ; attempt++) {
      TableEvolution evolution = check(request);
      if (!evolution.problems().isEmpty()) {
        throw new ProblemException(evolution.problems());
      }
      try {
        Table table =
            LakeTables.bring(catalog, settings, find(request.table()), request, evolution);
        catalog.views().ifPresent(views -> BusinessView.ensure(views, request.table(), table));
        return LakeTables.shape(table);
      } catch (CommitFailedException | org.apache.iceberg.exceptions.AlreadyExistsException e) {
        if (attempt == COMMIT_ATTEMPTS) {
          throw e;
        }
        LOG.info("Table {} changed meanwhile; trying again", request.table());
      }
    }
  }

  /** Drops a table and its business view; {@code files} says what becomes of the data. */
  public void drop(TableName name, Files files) {
    catalog.views().ifPresent(views -> views.dropView(name.latest().identifier()));
    catalog.tables().dropTable(name.identifier(), files == Files.PURGE);
  }

  /** What becomes of a dropped table's files. */
  public enum Files {
    KEEP,
    PURGE
  }

  /** Closes this handle; the connections close with the last handle on the same settings. */
  @Override
  public void close() {
    synchronized (OPEN) {
      if (closed) {
        return;
      }
      closed = true;
      Shared shared = OPEN.get(settings);
      if (shared != null && shared.catalog == catalog && --shared.handles == 0) {
        OPEN.remove(settings);
        catalog.close();
      }
    }
  }

  /** Reads, waiting for the catalog while it restarts. */
  private static <T> T patiently(String what, Supplier<T> read) {
    long deadline = System.nanoTime() + Duration.ofSeconds(PATIENCE_SECONDS).toNanos();
    while (true) {
      try {
        return read.get();
      } catch (UncheckedSQLException | RESTException e) {
        if (!isAway(e) || System.nanoTime() > deadline || Thread.currentThread().isInterrupted()) {
          throw e;
        }
        LOG.warn("Cannot {}: {}. Trying again", what, e.getMessage());
      }
      pause();
    }
  }

  private static boolean isAway(RuntimeException e) {
    return !(e instanceof RESTException)
        || e instanceof ServiceFailureException
        || e.getCause() instanceof IOException;
  }

  private static void pause() {
    try {
      Thread.sleep(250);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** A catalog and how many handles use it. */
  private static final class Shared {
    private final OpenCatalog catalog;
    private int handles;

    Shared(OpenCatalog catalog) {
      this.catalog = catalog;
    }
  }
}
