package dev.backlot.benchmarks.capture;

import dev.backlot.benchmarks.child.Commands;
import dev.backlot.capture.log.KafkaClients;
import dev.backlot.capture.secret.Secrets;
import dev.backlot.capture.worker.CaptureSession;
import dev.backlot.capture.worker.CaptureWorker;
import dev.backlot.metadata.MetadataDatabase;
import dev.backlot.metadata.SourceStore;
import dev.backlot.model.platform.PlatformConfig;
import dev.backlot.registry.SchemaStore;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The product's capture worker as the data plane runs it, but commanded: {@code apply DATABASE PORT
 * TABLES}, {@code start}, {@code stop}, {@code await SOURCE}, {@code await-all CONNECTION COUNT},
 * {@code drain CONNECTION}, {@code dump SOURCE}, {@code dump-all CONNECTION}, {@code dump-begin
 * SOURCE}, {@code dump-end}, {@code memory}, {@code acknowledged FILE}, {@code audit SOURCE
 * ROWS_PER_SECOND}, {@code audit-begin SOURCE ROWS_PER_SECOND}, {@code audit-end}. Arguments:
 * metadata URL, user, password, bootstrap servers, directory.
 */
public final class CaptureProcess {
  private static final Duration PATIENCE = Duration.ofMinutes(10);

  private final MetadataDatabase metadata;
  private final CaptureSession.Environment environment;
  private @Nullable CaptureWorker worker;

  private CaptureProcess(String[] arguments) {
    PlatformConfig.Database database =
        new PlatformConfig.Database(arguments[0], arguments[1], arguments[2]);
    String servers = arguments[3];
    Path directory = Path.of(arguments[4]);
    Map<String, String> kafka =
        Boolean.getBoolean("acknowledgements")
            ? Map.of("interceptor.classes", Acknowledgements.class.getName())
            : Map.of();
    PlatformConfig platform =
        new PlatformConfig(
            directory,
            directory,
            0,
            0,
            "token",
            database,
            servers,
            kafka,
            (short) 1,
            Optional.empty(),
            "",
            Optional.empty(),
            "",
            Map.of(),
            directory,
            "",
            PlatformConfig.SignIn.DEFAULT,
            PlatformConfig.OwnSecrets.NONE);
    this.metadata = MetadataDatabase.open(database);
    this.environment =
        new CaptureSession.Environment(
            platform,
            metadata,
            new SchemaStore(Map.of("bootstrap.servers", servers), (short) 1),
            new KafkaClients(servers, kafka),
            new Secrets(Map.of("BACKLOT_SECRET_BENCH", arguments[2]), directory));
  }

  /** Serves commands. */
  public static void main(String[] arguments) throws Exception {
    CaptureProcess process = new CaptureProcess(arguments);
    Dumps dumps = new Dumps(process.metadata);
    AuditReads audits = new AuditReads(process.metadata);
    Commands.serve(
        Map.ofEntries(
            Map.entry("apply", words -> process.apply(words[0], words[1], words[2])),
            Map.entry("start", words -> process.start()),
            Map.entry("stop", words -> process.stop()),
            Map.entry("await", words -> process.awaitStreaming(words[0])),
            Map.entry("drain", words -> process.drain(words[0])),
            Map.entry("await-all", words -> process.awaitAll(words[0], Integer.parseInt(words[1]))),
            Map.entry("dump", words -> dumps.one(words[0])),
            Map.entry("dump-all", words -> dumps.all(words[0])),
            Map.entry("dump-begin", words -> dumps.begin(words[0])),
            Map.entry("dump-end", words -> dumps.end()),
            Map.entry("memory", words -> Memory.measure().words()),
            Map.entry("audit", words -> audits.read(words[0], Long.parseLong(words[1]))),
            Map.entry("audit-begin", words -> audits.begin(words[0], Long.parseLong(words[1]))),
            Map.entry("audit-end", words -> audits.end()),
            Map.entry("acknowledged", words -> Acknowledgements.write(Path.of(words[0])))));
    process.stop();
    System.exit(0);
  }

  private String apply(String database, String port, String tables) {
    String document =
        """
        {"apiVersion": "backlot/v1", "kind": "Connection", "name": "%s", "owner": "bench",
         "type": "postgresql",
         "config": {"host": "127.0.0.1", "port": %s, "database": "%s", "user": "postgres",
                    "password": {"env": "BACKLOT_SECRET_BENCH"}},
         "tables": {"include": ["%s"]}}
        """
            .formatted(database, port, database, tables);
    metadata
        .jdbi()
        .useHandle(
            handle ->
                handle.execute(
                    "INSERT INTO document (kind, name, revision, spec)"
                        + " VALUES ('Connection', ?, 1, CAST(? AS jsonb))",
                    database,
                    document));
    return database;
  }

  private String start() {
    worker = CaptureWorker.start(environment);
    return "started";
  }

  private String stop() {
    CaptureWorker running = worker;
    worker = null;
    if (running != null) {
      running.close();
    }
    return "stopped";
  }

  private String awaitStreaming(String source) throws InterruptedException {
    await(
        source + " to stream",
        () ->
            metadata.sources().find(source).map(SourceStore.StoredSource::state).orElse(null)
                == SourceStore.State.STREAMING);
    return metadata.sources().find(source).orElseThrow().descriptor().topic();
  }

  private String drain(String connection) throws InterruptedException {
    Instant asked = metadata.captures().requestDrain(connection);
    await("a drain", () -> metadata.captures().drained(connection, asked));
    return "drained";
  }

  private String awaitAll(String connection, int count) throws InterruptedException {
    await(
        count + " tables of " + connection + " to stream",
        () ->
            metadata.sources().ofConnection(connection).stream()
                    .filter(source -> source.state() == SourceStore.State.STREAMING)
                    .count()
                == count);
    return metadata.sources().ofConnection(connection).stream()
        .map(source -> source.descriptor().name() + "=" + source.descriptor().topic())
        .collect(Collectors.joining(" "));
  }

  private static void await(String what, BooleanSupplier condition) throws InterruptedException {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > deadline) {
        throw new IllegalStateException("waited in vain for " + what);
      }
      TimeUnit.MILLISECONDS.sleep(5);
    }
  }
}
