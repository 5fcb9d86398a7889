package dev.backlot.engine.backfill;

import dev.backlot.engine.plan.PlanJson;
import dev.backlot.metadata.MetadataDatabase;
import dev.backlot.model.platform.PlatformConfig;
import dev.backlot.warehouse.LakeCatalog;
import dev.backlot.warehouse.LakeSettings;
import dev.backlot.warehouse.maintenance.ColumnFill;
import dev.backlot.warehouse.maintenance.MaintenanceSettings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A process that does a run up to a moment, and is dead then. */
public final class Victim {
  /** What the process ends with at the moment. */
  public static final int DEAD = 137;

  private Victim() {}

  /** Returns the names of all moments. */
  public static List<String> moments() {
    List<String> names = new ArrayList<>();
    for (Moment moment : Moment.values()) {
      names.add(moment.name());
    }
    return names;
  }

  /**
   * Arguments: JDBC URL, user, password, Kafka, warehouse, directory with plan.json, run, moment.
   */
  public static void main(String[] arguments) throws Exception {
    PlatformConfig.Database database =
        new PlatformConfig.Database(arguments[0], arguments[1], arguments[2]);
    Map<String, String> kafka = Map.of("bootstrap.servers", arguments[3]);
    Path directory = Path.of(arguments[5]);
    String plan = Files.readString(directory.resolve("plan.json"));
    Moment last = Moment.valueOf(arguments[7]);
    MetadataDatabase metadata = MetadataDatabase.open(database);
    LakeCatalog lake =
        LakeCatalog.open(new LakeSettings(arguments[0], arguments[1], arguments[2], arguments[4]));
    Backfill.Tools tools =
        new Backfill.Tools(
            metadata,
            kafka,
            pipeline -> PlanJson.read(plan),
            new ColumnFill.Workshop(lake, fileByFile(), directory.resolve("victim"), ""),
            moment -> {
              if (moment == last) {
                Runtime.getRuntime().halt(DEAD);
              }
            });
    long run = Long.parseLong(arguments[6]);
    metadata
        .backfills()
        .locked(
            run,
            () -> {
              try {
                return new Backfill(tools, metadata.backfills().find(run).orElseThrow()).attempt();
              } catch (Exception e) {
                throw new IllegalStateException(e);
              }
            });
    System.exit(0);
  }

  private static MaintenanceSettings fileByFile() {
    MaintenanceSettings settings = MaintenanceSettings.DEFAULT;
    return new MaintenanceSettings(
        1,
        settings.grace(),
        settings.snapshots(),
        settings.readerGrace(),
        settings.orphanAge(),
        settings.supersededRatio(),
        settings.workBytes(),
        settings.memoryMegabytes(),
        settings.threads());
  }
}
