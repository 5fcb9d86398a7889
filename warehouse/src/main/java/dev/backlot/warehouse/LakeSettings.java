package dev.backlot.warehouse;

import dev.backlot.model.platform.PlatformConfig;
import java.io.Serializable;
import java.util.HashMap;
import java.util.Map;

/**
 * How to reach the catalog {@code lake}. Serializable, so that a Flink task can carry it and open
 * the catalog where it runs.
 *
 * @param properties with which Iceberg opens the catalog: {@code type} or {@code catalog-impl},
 *     {@code uri}, credentials
 * @param warehouse root of the tables' files, such as {@code file:///…/warehouse}, below which
 *     alone queries read local files; empty when the catalog decides
 */
public record LakeSettings(Map<String, String> properties, String warehouse)
    implements Serializable {
  private static final String TYPE = "type";
  private static final String WAREHOUSE = "warehouse";
  private static final String LOST_CONNECTIONS = "57P01,57P02,57P03,08001,08004";

  /** Copies what is mutable. */
  public LakeSettings {
    properties = Map.copyOf(properties);
  }

  /**
   * Describes a catalog that keeps its pointers in a database, as that of an installation does
   * unless it is configured otherwise.
   */
  public LakeSettings(String jdbcUrl, String user, String password, String warehouse) {
    this(
        Map.of(TYPE, "jdbc", "uri", jdbcUrl, "jdbc.user", user, "jdbc.password", password),
        warehouse);
  }

  /** Returns the settings of an installation. */
  public static LakeSettings of(PlatformConfig config) {
    if (config.lakeProperties().isEmpty()) {
      PlatformConfig.Database metadata = config.metadata();
      return new LakeSettings(
          metadata.jdbcUrl(), metadata.user(), metadata.password(), config.warehouseUri());
    }
    LakeSettings external = new LakeSettings(config.lakeProperties(), config.warehouseUri());
    return external.isJdbc()
        ? new LakeSettings(
            external.properties(),
            external.properties().getOrDefault(WAREHOUSE, external.warehouse()))
        : external;
  }

  /** Returns whether the tables' files lie in the local file system. */
  public boolean isLocal() {
    return warehouse.startsWith("file:") || warehouse.startsWith("/");
  }

  /**
   * Returns whether pointers are kept in a database; then it is us who place tables, below {@link
   * #warehouse}, and not the catalog.
   */
  public boolean isJdbc() {
    return "jdbc".equals(properties.get(TYPE));
  }

  /** Returns whether the catalog or its files may be read by Hadoop's classes. */
  boolean needsHadoop() {
    return !catalogProperties().getOrDefault("io-impl", "").equals(LocalFileIO.class.getName());
  }

  /** Returns the properties with which Iceberg opens the catalog. */
  Map<String, String> catalogProperties() {
    Map<String, String> all = new HashMap<>();
    if (isJdbc()) {
      all.put("jdbc.schema-version", "V1");
      all.put("jdbc.connectTimeout", "10");
      all.put("jdbc.socketTimeout", "60");
      all.put("jdbc.tcpKeepAlive", "true");
      all.put("jdbc.ApplicationName", "backlot-lake");
      all.put("clients", "2");
      all.put("retryable_status_codes", LOST_CONNECTIONS);
      all.put(WAREHOUSE, warehouse);
    } else {
      all.put("rest.client.connection-timeout-ms", "10000");
      all.put("rest.client.socket-timeout-ms", "60000");
      all.put("rest-metrics-reporting-enabled", "false");
    }
    if (isLocal()) {
      all.put("io-impl", LocalFileIO.class.getName());
    }
    all.putAll(properties);
    return all;
  }

  /** Shows which catalog it is, and no secrets. */
  @Override
  public String toString() {
    return "LakeSettings["
        + properties.getOrDefault(TYPE, properties.getOrDefault("catalog-impl", ""))
        + " "
        + properties.getOrDefault("uri", "")
        + ", "
        + warehouse
        + "]";
  }
}
