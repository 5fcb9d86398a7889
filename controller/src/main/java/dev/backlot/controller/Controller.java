package dev.backlot.controller;

import dev.backlot.controller.web.Json;
import dev.backlot.controller.web.WebConfiguration;
import dev.backlot.metadata.MetadataDatabase;
import dev.backlot.model.platform.PlatformConfig;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Objects;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.Banner;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.web.server.WebServer;
import org.springframework.boot.web.server.servlet.context.ServletWebServerApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.support.GenericApplicationContext;

/**
 * The controller process: REST API, registry, reconciler and the page at {@code /}.
 *
 * <p>Run as {@code Controller <platform.json>}. It ends when its standard input does, since that
 * means that its supervisor is gone.
 */
public final class Controller implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Controller.class);

  /** Tomcat logs here; kept, since a logger that nobody holds loses its level. */
  private static final java.util.logging.Logger TOMCAT =
      java.util.logging.Logger.getLogger("org.apache");

  private final ConfigurableApplicationContext context;

  private Controller(ConfigurableApplicationContext context) {
    this.context = context;
  }

  /** Starts the controller of the installation that the file describes. */
  public static void main(String[] args) {
    if (args.length != 1) {
      System.err.println("Usage: Controller PLATFORM_FILE");
      System.exit(64);
    }
    endWithStandardInput();
    try {
      PlatformConfig config = Json.readPlatform(Path.of(args[0]));
      start(config);
      LOG.info("Ready at http://localhost:{}", config.apiPort());
    } catch (IOException | RuntimeException e) {
      LOG.error("Cannot start the controller", e);
      System.err.println("Cannot start the controller: " + e);
      System.exit(70);
    }
  }

  /**
   * Starts a controller and returns when it answers requests; waits for the metadata database. Port
   * 0 takes a free one.
   */
  public static Controller start(PlatformConfig config) {
    System.setProperty("org.springframework.boot.logging.LoggingSystem", "none");
    TOMCAT.setLevel(java.util.logging.Level.WARNING);
    MetadataDatabase metadata = openMetadata(config.metadata());
    SpringApplication application =
        new SpringApplication(
            WebConfiguration.class,
            AccessWiring.class,
            ConnectWiring.class,
            BuilderWiring.class,
            Wiring.class,
            CatalogWiring.class,
            MeasuringWiring.class,
            OperateWiring.class,
            RegistryWiring.class);
    application.setWebApplicationType(WebApplicationType.SERVLET);
    application.setBannerMode(Banner.Mode.OFF);
    application.setLogStartupInfo(false);
    application.setRegisterShutdownHook(true);
    application.addInitializers(
        context -> {
          GenericApplicationContext generic = (GenericApplicationContext) context;
          generic.registerBean(PlatformConfig.class, () -> config);
          generic.registerBean(MetadataDatabase.class, () -> metadata);
        });
    return new Controller(application.run());
  }

  private static MetadataDatabase openMetadata(PlatformConfig.Database database) {
    while (true) {
      try {
        return MetadataDatabase.open(database);
      } catch (RuntimeException e) {
        LOG.warn("Cannot open the metadata database, trying again: {}", e.getMessage());
      }
    }
  }

  /** Returns the port on which it listens. */
  public int port() {
    WebServer server = ((ServletWebServerApplicationContext) context).getWebServer();
    return Objects.requireNonNull(server, "the server is not started").getPort();
  }

  @Override
  public void close() {
    context.close();
  }

  private static void endWithStandardInput() {
    Thread thread =
        new Thread(
            () -> {
              try {
                while (System.in.read() >= 0) {
                  // the supervisor says nothing; only the end counts
                }
              } catch (IOException e) {
                LOG.debug("Standard input failed", e);
              }
              System.exit(0);
            },
            "supervisor-watch");
    thread.setDaemon(true);
    thread.start();
  }
}
