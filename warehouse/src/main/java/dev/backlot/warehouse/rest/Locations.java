package dev.backlot.warehouse.rest;

import dev.backlot.schema.Names;
import dev.backlot.warehouse.LakeSettings;
import dev.backlot.warehouse.LocalFileIO;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.iceberg.MetadataUpdate;
import org.apache.iceberg.TableMetadata;
import org.apache.iceberg.TableMetadataParser;
import org.apache.iceberg.catalog.Namespace;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.exceptions.ForbiddenException;
import org.apache.iceberg.view.ViewMetadataParser;
import org.jspecify.annotations.Nullable;

/**
 * Keeps what clients create below the warehouse's root and outside of pipelines' tables: this
 * process writes metadata where a table's location says, and deletes there.
 */
final class Locations {
  /** Properties that send a table's files elsewhere. */
  private static final List<String> PATHS =
      List.of(
          "write.data.path",
          "write.metadata.path",
          "write.object-storage.path",
          "write.folder-storage.path");

  private final boolean ours;
  private final String root;
  private final OutsideWrites writes;

  /** Checks where it is us who place tables; another catalog has rules of its own. */
  Locations(LakeSettings settings, OutsideWrites writes) {
    this.ours = settings.isJdbc();
    this.root = normal(settings.warehouse());
    this.writes = writes;
  }

  /** Checks where a namespace's tables are to lie. */
  void checkNamespace(Map<String, String> properties) {
    String location = properties.get("location");
    boolean direct =
        ours
            && location != null
            && normal(location).startsWith(root + "/")
            && normal(location).indexOf('/', root.length() + 1) < 0;
    if (!direct) {
      check(location);
    }
  }

  void check(@Nullable String location, Map<String, String> properties) {
    check(location);
    PATHS.forEach(property -> check(properties.get(property)));
  }

  void check(List<MetadataUpdate> updates) {
    for (MetadataUpdate update : updates) {
      if (update instanceof MetadataUpdate.SetLocation moved) {
        check(moved.location());
      } else if (update instanceof MetadataUpdate.SetProperties properties) {
        check(null, properties.updated());
      }
    }
  }

  /** Checks a metadata file that is to be registered, and the locations that it tells. */
  void checkTable(String metadataLocation) {
    check(metadataLocation);
    if (ours && metadataLocation.startsWith("file:")) {
      TableMetadata metadata = TableMetadataParser.read(new LocalFileIO(), metadataLocation);
      check(metadata.location(), metadata.properties());
    }
  }

  /** Checks a view's metadata file that is to be registered, and the location that it tells. */
  void checkView(String metadataLocation) {
    check(metadataLocation);
    if (ours && metadataLocation.startsWith("file:")) {
      check(ViewMetadataParser.read(new LocalFileIO().newInputFile(metadataLocation)).location());
    }
  }

  private void check(@Nullable String location) {
    if (!ours || location == null) {
      return;
    }
    String normal = normal(location);
    String below = normal.startsWith(root + "/") ? normal.substring(root.length() + 1) : "";
    String[] parts = below.split("/");
    if (parts.length < 2) {
      throw new ForbiddenException(
          "Cannot use location '%s': it is not %s/<namespace>/<name>. Leave it out, and the catalog"
              + " chooses one.",
          location, root);
    }
    Namespace namespace = Namespace.of(Names.unescape(parts[0]));
    Optional<String> pipeline =
        writes.owner(TableIdentifier.of(namespace, Names.unescape(parts[1])));
    if (pipeline.isPresent()) {
      throw new ForbiddenException(
          "Cannot use location '%s': a table of pipeline '%s' lies there. Leave it out, and the"
              + " catalog chooses one.",
          location, pipeline.get());
    }
  }

  /** Returns a local path without dots, so that none climbs out; other locations as they are. */
  private static String normal(String location) {
    if (location.startsWith("file:") || location.startsWith("/")) {
      return LocalFileIO.path(location).normalize().toString();
    }
    String plain = location.replaceAll("/+$", "");
    if (plain.contains("/../") || plain.endsWith("/..")) {
      throw new ForbiddenException("Cannot use location '%s': it has dots.", location);
    }
    return plain;
  }
}
