package dev.backlot.warehouse;

import java.util.Map;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.iceberg.CatalogUtil;
import org.apache.iceberg.catalog.Catalog;
import org.apache.iceberg.catalog.SupportsNamespaces;
import org.apache.iceberg.catalog.ViewCatalog;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An Iceberg catalog of any kind, by what it can do.
 *
 * @param tables all catalogs have
 * @param views empty where the catalog has none
 */
public record OpenCatalog(
    Catalog tables, SupportsNamespaces namespaces, Optional<ViewCatalog> views) {
  private static final Logger LOG = LoggerFactory.getLogger(OpenCatalog.class);

  /** Connects to the catalog that the settings describe. */
  static OpenCatalog of(LakeSettings settings) {
    Map<String, String> properties = settings.catalogProperties();
    Object configuration = settings.needsHadoop() ? new Configuration() : Map.of();
    Catalog catalog = CatalogUtil.buildIcebergCatalog(LakeCatalog.NAME, properties, configuration);
    if (!(catalog instanceof SupportsNamespaces namespaces)) {
      close(catalog);
      throw new IllegalArgumentException(
          "Catalog " + catalog.getClass().getName() + " has no namespaces");
    }
    return new OpenCatalog(
        catalog,
        namespaces,
        catalog instanceof ViewCatalog views ? Optional.of(views) : Optional.empty());
  }

  void close() {
    close(tables);
  }

  private static void close(Catalog catalog) {
    if (catalog instanceof AutoCloseable closeable) {
      try {
        closeable.close();
      } catch (Exception e) {
        LOG.warn("Cannot close the catalog", e);
      }
    }
  }
}
