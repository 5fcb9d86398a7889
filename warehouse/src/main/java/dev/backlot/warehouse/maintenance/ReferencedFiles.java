package dev.backlot.warehouse.maintenance;

import dev.backlot.warehouse.LocalFileIO;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.iceberg.ContentFile;
import org.apache.iceberg.HasTableOperations;
import org.apache.iceberg.ManifestContent;
import org.apache.iceberg.ManifestFile;
import org.apache.iceberg.ManifestFiles;
import org.apache.iceberg.ReachableFileUtil;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.apache.iceberg.TableMetadata;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.io.FileIO;

/** All files that a table's metadata leads to, over all of its snapshots. */
final class ReferencedFiles {
  private ReferencedFiles() {}

  /** Returns the locations, with schemes cut off so that spellings agree. */
  static Set<String> of(Table table) {
    FileIO io = table.io();
    TableMetadata metadata = ((HasTableOperations) table).operations().current();
    Set<String> found = new HashSet<>();
    found.add(normal(metadata.metadataFileLocation()));
    metadata.previousFiles().forEach(entry -> found.add(normal(entry.file())));
    ReachableFileUtil.statisticsFilesLocations(table).forEach(file -> found.add(normal(file)));
    found.add(normal(ReachableFileUtil.versionHintLocation(table)));
    Set<String> read = new HashSet<>();
    for (Snapshot snapshot : metadata.snapshots()) {
      if (snapshot.manifestListLocation() != null) {
        found.add(normal(snapshot.manifestListLocation()));
      }
      for (ManifestFile manifest : snapshot.allManifests(io)) {
        if (read.add(manifest.path())) {
          found.add(normal(manifest.path()));
          addFiles(manifest, table, found);
        }
      }
    }
    return found;
  }

  private static void addFiles(ManifestFile manifest, Table table, Set<String> found) {
    try (CloseableIterable<?> files = live(manifest, table)) {
      files.forEach(file -> found.add(normal(((ContentFile<?>) file).location())));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static CloseableIterable<?> live(ManifestFile manifest, Table table) {
    List<String> read = List.of("file_path");
    return manifest.content() == ManifestContent.DATA
        ? ManifestFiles.read(manifest, table.io(), table.specs()).select(read)
        : ManifestFiles.readDeleteManifest(manifest, table.io(), table.specs()).select(read);
  }

  /** {@code file:/a}, {@code file:///a} and {@code /a} are one file. */
  static String normal(String location) {
    return location.startsWith("file:") ? LocalFileIO.path(location).toString() : location;
  }
}
