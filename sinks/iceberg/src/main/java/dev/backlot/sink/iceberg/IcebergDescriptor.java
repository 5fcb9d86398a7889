package dev.backlot.sink.iceberg;

import dev.backlot.sdk.ConfigSchema;
import dev.backlot.sdk.ProcessorDescriptor;
import dev.backlot.sdk.ProcessorDescriptor.Evolution;
import dev.backlot.sdk.ProcessorDescriptor.Example;
import dev.backlot.sdk.ProcessorDescriptor.Ports;
import dev.backlot.sdk.Setting;
import dev.backlot.sdk.Setting.Format;
import java.util.List;

/** What the sink says about itself. */
public final class IcebergDescriptor {
  private static final ProcessorDescriptor DESCRIPTOR =
      new ProcessorDescriptor(
          "iceberg",
          "Iceberg table",
          "Write rows to a table",
          "Appends every change to a table, exactly once, and keeps a view of the latest row per"
              + " key beside it. The table is created, and gets new columns, by itself.",
          "output",
          "table",
          Ports.END,
          ConfigSchema.of(Config.class),
          Evolution.ALL,
          List.of(
              new Example(
                  "Movies into studio.movies",
                  "{id: warehouse, sink: iceberg, from: movie,"
                      + " config: {table: studio.movies, commit_interval: 1s}}")));

  private IcebergDescriptor() {}

  /** Returns what the sink says about itself. */
  public static ProcessorDescriptor descriptor() {
    return DESCRIPTOR;
  }

  /** What a step says. */
  record Config(
      @Setting(
              title = "Table",
              description = "Namespace and name, in small letters, digits and _.",
              format = Format.TABLE,
              required = true,
              example = "studio.movies")
          String table,
      @Setting(
              title = "Commit interval",
              description = "How often rows become visible, from 100ms to 1h.",
              format = Format.DURATION,
              standard = "1s")
          String commitInterval,
      @Setting(
              title = "When a column is gone",
              description =
                  "keep: the table keeps it, empty from then on. drop: it leaves the table too.",
              words = {"keep", "drop"},
              standard = "keep")
          String onDrop,
      @Setting(
              title = "When a column is renamed",
              description =
                  "add: the new name is a new column. rename: the table's column is renamed.",
              words = {"add", "rename"},
              standard = "add")
          String onRename) {}
}
