package dev.backlot.warehouse;

import dev.backlot.schema.SystemColumn;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.ManifestFile;
import org.apache.iceberg.ManifestFiles;
import org.apache.iceberg.ManifestReader;
import org.apache.iceberg.Table;
import org.apache.iceberg.types.Conversions;
import org.apache.iceberg.types.Types;
import org.jspecify.annotations.Nullable;

/**
 * The live files of manifests, with what queries need to know of them. A manifest never changes, so
 * a table that is committed every second costs a query its few new manifests. Safe for use by
 * several threads.
 */
final class ManifestFacts {
  private static final int KEPT_FILES = 100_000;
  private static final List<String> READ =
      List.of("file_path", "lower_bounds", "upper_bounds", "null_value_counts");

  private final Map<String, List<FileFacts>> kept = new LinkedHashMap<>(16, 0.75f, true);
  private int keptFiles;

  /**
   * A data file.
   *
   * @param lowestEpoch of its rows; higher than {@code highestEpoch} when not known
   * @param everyRowHasKey whether the first key column is never null; a truncation's is
   */
  record FileFacts(String location, int lowestEpoch, int highestEpoch, boolean everyRowHasKey) {
    boolean hasOneEpoch() {
      return lowestEpoch == highestEpoch;
    }
  }

  /** Returns the live files of a data manifest of a table. */
  List<FileFacts> of(Table table, ManifestFile manifest, Types.@Nullable NestedField key) {
    String id = manifest.path() + (key == null ? "" : " " + key.fieldId());
    synchronized (this) {
      List<FileFacts> known = kept.get(id);
      if (known != null) {
        return known;
      }
    }
    List<FileFacts> read = read(table, manifest, key);
    keep(id, read);
    return read;
  }

  private synchronized void keep(String id, List<FileFacts> files) {
    if (kept.putIfAbsent(id, files) == null) {
      keptFiles += files.size();
    }
    var oldest = kept.values().iterator();
    while (keptFiles > KEPT_FILES && oldest.hasNext()) {
      keptFiles -= oldest.next().size();
      oldest.remove();
    }
  }

  private static List<FileFacts> read(
      Table table, ManifestFile manifest, Types.@Nullable NestedField key) {
    Types.NestedField epochs = table.schema().findField(SystemColumn.EPOCH.column());
    int epoch = epochs == null ? -1 : epochs.fieldId();
    List<FileFacts> files = new ArrayList<>();
    try (ManifestReader<DataFile> reader =
        ManifestFiles.read(manifest, table.io(), table.specs()).select(READ)) {
      for (DataFile file : reader) {
        boolean keyed =
            key != null
                && file.nullValueCounts() != null
                && file.nullValueCounts().getOrDefault(key.fieldId(), 1L) == 0;
        files.add(
            new FileFacts(
                file.location(),
                bound(file.lowerBounds(), epoch, Integer.MAX_VALUE),
                bound(file.upperBounds(), epoch, Integer.MIN_VALUE),
                keyed));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return List.copyOf(files);
  }

  private static int bound(@Nullable Map<Integer, ByteBuffer> bounds, int field, int unknown) {
    ByteBuffer bound = bounds == null ? null : bounds.get(field);
    return bound == null
        ? unknown
        : Conversions.<Integer>fromByteBuffer(Types.IntegerType.get(), bound);
  }
}
