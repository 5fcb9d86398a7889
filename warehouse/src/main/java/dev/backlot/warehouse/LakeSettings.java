package dev.backlot.warehouse;

import dev.backlot.model.platform.PlatformConfig;
import java.io.Serializable;
import java.util.HashMap;
import java.util.Map;

/**
 * How to reach the catalog {@code lake}. Serializable, so that a Flink task can carry it and open
 * the catalog where it runs.
 *
 * @param jdbcUrl of the metadata database, which holds the catalog's pointers
 * @param warehouse root of the tables' files, such as {@code file:///…/warehouse}
 */
public record LakeSettings(String jdbcUrl, String user, String password, String warehouse)
    implements Serializable {
  private static final String LOST_CONNECTIONS = "57P01,57P02,57P03,08001,08004";

  /** Returns the settings of an installation. */
  public static LakeSettings of(PlatformConfig config) {
    PlatformConfig.Database metadata = config.metadata();
    return new LakeSettings(
        metadata.jdbcUrl(), metadata.user(), metadata.password(), config.warehouseUri());
  }

  /** Returns whether the tables' files lie in the local file system. */
  public boolean isLocal() {
    return warehouse.startsWith("file:") || warehouse.startsWith("/");
  }

  /** Returns the properties with which Iceberg's JDBC catalog is opened. */
  Map<String, String> catalogProperties() {
    Map<String, String> properties = new HashMap<>();
    properties.put("uri", jdbcUrl);
    properties.put("jdbc.user", user);
    properties.put("jdbc.password", password);
    properties.put("jdbc.schema-version", "V1");
    properties.put("jdbc.connectTimeout", "10");
    properties.put("jdbc.socketTimeout", "60");
    properties.put("jdbc.tcpKeepAlive", "true");
    properties.put("jdbc.ApplicationName", "backlot-lake");
    properties.put("clients", "2");
    properties.put("retryable_status_codes", LOST_CONNECTIONS);
    properties.put("warehouse", warehouse);
    if (isLocal()) {
      properties.put("io-impl", LocalFileIO.class.getName());
    }
    return properties;
  }

  /** Shows everything but the password. */
  @Override
  public String toString() {
    return "LakeSettings[" + jdbcUrl + ", " + user + ", " + warehouse + "]";
  }
}
