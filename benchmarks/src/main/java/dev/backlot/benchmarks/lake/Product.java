package dev.backlot.benchmarks.lake;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.backlot.benchmarks.server.Servers;
import dev.backlot.testing.platform.Platform;
import dev.backlot.warehouse.LakeCatalog;
import dev.backlot.warehouse.LakeSettings;
import dev.backlot.warehouse.TableName;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.iceberg.DataOperations;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;

/**
 * A platform as {@code ./backlot up} starts it, used over REST; its catalog is also looked at
 * directly, for the times of commits.
 */
final class Product implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Path directory;
  private final Platform platform;
  private final LakeCatalog lake;
  private final HttpClient http = HttpClient.newHttpClient();

  private Product(Path directory, Platform platform) throws IOException {
    this.directory = directory;
    this.platform = platform;
    JsonNode config = JSON.readTree(platform.dataDir().resolve("run/platform.json").toFile());
    JsonNode metadata = config.path("metadata");
    this.lake =
        LakeCatalog.open(
            new LakeSettings(
                metadata.path("jdbc_url").asText(),
                metadata.path("user").asText(),
                metadata.path("password").asText(),
                config.path("warehouse_uri").asText()));
  }

  /** Starts a platform that knows the password of a source. */
  static Product start(Servers source) throws IOException {
    Path directory = Files.createTempDirectory("backlot-bench-product-");
    Platform platform =
        Platform.launch(
                "up",
                directory.resolve("data"),
                Platform.freePorts(),
                List.of(),
                Map.of("BACKLOT_SECRET_BENCH", source.postgres().password()))
            .awaitUp();
    return new Product(directory, platform);
  }

  /** Applies documents. */
  void apply(String yaml) throws IOException, InterruptedException {
    post("/api/v1/apply", Map.of("files", List.of(Map.of("name", "bench.yaml", "text", yaml))));
  }

  /** Asks for a dump of a whole Source. */
  void dump(String source) throws IOException, InterruptedException {
    post("/api/v1/sources/" + source + "/dumps", Map.of());
  }

  /** Returns the rows of a query. */
  JsonNode query(String sql) throws IOException, InterruptedException {
    return post("/api/v1/query", Map.of("sql", sql, "format", "rows"));
  }

  /** Returns the one number that a query answers, or -1 while it can't be answered. */
  long number(String sql) {
    try {
      JsonNode rows = query(sql);
      return rows.isEmpty() ? -1 : rows.get(0).elements().next().asLong(-1);
    } catch (IOException | IllegalStateException e) {
      return -1;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return -1;
    }
  }

  /** Returns id and start of a pipeline's job. */
  String job(String pipeline) throws IOException, InterruptedException {
    HttpResponse<String> response =
        http.send(
            Platform.request(platform.url() + "/api/v1/pipelines/" + pipeline).build(),
            HttpResponse.BodyHandlers.ofString());
    JsonNode job = JSON.readTree(response.body()).at("/status/jobs/0");
    return job.path("id").asText() + " since " + job.path("started_at").asText();
  }

  /** Returns an item's state; empty while there is no such item. */
  String state(String kind, String name) throws IOException, InterruptedException {
    HttpResponse<String> response =
        http.send(
            Platform.request(platform.url() + "/api/v1/" + kind + "/" + name).build(),
            HttpResponse.BodyHandlers.ofString());
    return response.statusCode() == 404
        ? ""
        : JSON.readTree(response.body()).path("status").path("state").asText();
  }

  /** Returns a table as it is now. */
  Table table(String name) {
    return lake.load(TableName.parse(name));
  }

  /** Returns how many rows a table has, zero before its first commit. */
  long rows(String name) {
    return lake.find(TableName.parse(name))
        .map(Table::currentSnapshot)
        .map(Product::total)
        .orElse(0L);
  }

  /**
   * How fast a table was filled, by the times of its commits: from the first to the last but one,
   * since the last waits for an interval that is not full.
   */
  record Filling(long rows, long nanos) {}

  /**
   * Returns how fast a table was filled.
   *
   * @throws IllegalStateException when that were too few commits to tell
   */
  Filling filling(String table) {
    List<Snapshot> commits = appends(table, 0);
    if (commits.size() < 3) {
      throw new IllegalStateException(
          table + " was written in " + commits.size() + " commits, too few to tell a rate");
    }
    List<Snapshot> counted = commits.subList(1, commits.size() - 1);
    long begin = commits.get(0).timestampMillis();
    long end = counted.get(counted.size() - 1).timestampMillis();
    return new Filling(
        counted.stream().mapToLong(Product::added).sum(),
        TimeUnit.MILLISECONDS.toNanos(end - begin));
  }

  /** Returns the number of a table's last commit, zero before its first. */
  long lastCommit(String table) {
    return lake.find(TableName.parse(table))
        .map(Table::currentSnapshot)
        .map(Snapshot::sequenceNumber)
        .orElse(0L);
  }

  /** Returns how many rows were appended behind a commit, whatever maintenance made of them. */
  long appendedSince(String table, long commit) {
    return appends(table, commit).stream().mapToLong(Product::added).sum();
  }

  /** Rewrites of maintenance are commits too, but not of a job. */
  private List<Snapshot> appends(String table, long after) {
    List<Snapshot> commits = new ArrayList<>();
    table(table).snapshots().forEach(commits::add);
    commits.removeIf(
        commit ->
            commit.sequenceNumber() <= after
                || !DataOperations.APPEND.equals(commit.operation())
                || added(commit) == 0);
    commits.sort(Comparator.comparingLong(Snapshot::sequenceNumber));
    return commits;
  }

  private static long added(Snapshot snapshot) {
    return Long.parseLong(snapshot.summary().getOrDefault("added-records", "0"));
  }

  private static long total(Snapshot snapshot) {
    return Long.parseLong(snapshot.summary().getOrDefault("total-records", "0"));
  }

  private JsonNode post(String path, Map<String, ?> body) throws IOException, InterruptedException {
    return send(
        Platform.request(platform.url() + path)
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(JSON.writeValueAsString(body))));
  }

  private JsonNode send(HttpRequest.Builder request) throws IOException, InterruptedException {
    HttpResponse<String> response =
        http.send(request.build(), HttpResponse.BodyHandlers.ofString());
    if (response.statusCode() >= 300) {
      throw new IllegalStateException(response.uri() + " said " + response.body());
    }
    return JSON.readTree(response.body());
  }

  @Override
  public void close() throws IOException {
    lake.close();
    platform.close();
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    }
  }
}
