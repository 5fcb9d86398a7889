package dev.backlot.server;

import dev.backlot.model.Problem;
import dev.backlot.model.ProblemCode;
import dev.backlot.model.ProblemException;
import dev.backlot.model.platform.PlatformConfig;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A platform that runs elsewhere, as a process that joins it alone needs to know it. */
public final class ExternalPlatform {
  private ExternalPlatform() {}

  /**
   * Reads the configuration file, which must name the metadata database and Kafka.
   *
   * @throws ProblemException with everything that is wrong
   */
  public static PlatformConfig read(Path file) {
    Settings settings = SettingsFile.read(file);
    List<Problem> problems = new ArrayList<>();
    if (settings.metadata().isEmpty()) {
      problems.add(missing(file, "metadata"));
    }
    if (settings.kafka().isEmpty()) {
      problems.add(missing(file, "kafka"));
    }
    if (!problems.isEmpty()) {
      throw new ProblemException(problems);
    }
    Path dataDir =
        Path.of(settings.dataDir().orElse(System.getProperty("user.home") + "/.backlot"));
    Path secrets = settings.secretsDir().map(Path::of).orElse(dataDir.resolve("secrets"));
    Settings.Metadata metadata = settings.metadata().orElseThrow();
    Settings.Kafka kafka = settings.kafka().orElseThrow();
    return new PlatformConfig(
        dataDir.toAbsolutePath(),
        secrets.toAbsolutePath(),
        0,
        settings.ports().of("metrics").orElse(0),
        "",
        new PlatformConfig.Database(
            metadata.url(), metadata.user(), OwnSecrets.read(metadata.password(), secrets)),
        kafka.bootstrapServers(),
        kafka.properties(),
        kafka.replicationFactor(),
        Optional.empty(),
        settings.flinkRestUrl().orElse(""),
        Optional.empty(),
        settings.warehouseUri().orElse(""),
        settings.lake().map(lake -> lake.resolved(secrets)).orElse(Map.of()),
        dataDir.resolve("ui"),
        "",
        PlatformConfig.SignIn.DEFAULT,
        PlatformConfig.OwnSecrets.NONE);
  }

  private static Problem missing(Path file, String section) {
    return Problem.of(
        ProblemCode.SPEC_MISSING_FIELD,
        "Cannot use configuration file '"
            + file
            + "': section '"
            + section
            + "' is missing. Add it; a worker alone has no embedded services.");
  }
}
