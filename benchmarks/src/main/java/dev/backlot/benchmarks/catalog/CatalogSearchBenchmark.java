package dev.backlot.benchmarks.catalog;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.backlot.benchmarks.report.Bar;
import dev.backlot.benchmarks.report.Benchmark;
import dev.backlot.benchmarks.report.Latencies;
import dev.backlot.benchmarks.report.Latency;
import dev.backlot.benchmarks.report.Report;
import dev.backlot.benchmarks.report.Role;
import dev.backlot.benchmarks.report.Scale;
import dev.backlot.metadata.MetadataDatabase;
import dev.backlot.metadata.SourceStore;
import dev.backlot.model.platform.PlatformConfig;
import dev.backlot.model.source.SourceDescriptor;
import dev.backlot.schema.AvroSchemas;
import dev.backlot.schema.Field;
import dev.backlot.schema.FieldType.Simple;
import dev.backlot.schema.FieldType.Text;
import dev.backlot.schema.RowSchema;
import dev.backlot.testing.platform.Platform;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * Searches a catalog of 10,000 Sources with 20 described fields each over REST, as typed words,
 * beginnings and parts of words. Beside it PostgreSQL scans the same texts with ILIKE, the least
 * that one would write instead, which finds no misspelling, ranks nothing and counts no facets.
 */
public final class CatalogSearchBenchmark implements Benchmark {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int FIELDS = 20;
  private static final int PAGE = 50;
  private static final double SERVER_AIM_MILLIS = 100;
  private static final List<String> NOUNS =
      List.of(
          "movie",
          "talent",
          "deal",
          "schedule",
          "location",
          "vendor",
          "payment",
          "scene",
          "shot",
          "take",
          "script",
          "budget",
          "permit",
          "crew",
          "call",
          "sheet",
          "wardrobe",
          "prop",
          "stunt",
          "trailer",
          "release",
          "territory",
          "cinema",
          "ticket",
          "award",
          "credit",
          "song",
          "cue",
          "master",
          "reel",
          "grade",
          "effect",
          "asset",
          "render",
          "invoice",
          "contract",
          "clause",
          "agent",
          "union",
          "fee");
  private static final List<String> WORDS =
      List.of(
          "when",
          "the",
          "last",
          "unit",
          "signed",
          "it",
          "for",
          "approval",
          "of",
          "a",
          "producer",
          "before",
          "shooting",
          "on",
          "location",
          "as",
          "told",
          "by",
          "accounting",
          "office");

  @Override
  public String title() {
    return "search over 10,000 Sources with 20 fields each, beside PostgreSQL's ILIKE";
  }

  @Override
  public Report run(Scale scale) throws Exception {
    int sources = scale.quick() ? 1_000 : 10_000;
    int searches = scale.quick() ? 100 : 500;
    Report report = new Report();
    report.configured(
        "catalog",
        sources
            + " Sources, "
            + FIELDS
            + " fields each, every other one described; page of "
            + PAGE);
    Path directory = Files.createTempDirectory("backlot-bench-catalog-");
    try (Platform platform = Platform.up(directory.resolve("data"), Platform.freePorts())) {
      JsonNode config = JSON.readTree(platform.dataDir().resolve("run/platform.json").toFile());
      JsonNode database = config.path("metadata");
      try (MetadataDatabase metadata =
              MetadataDatabase.open(
                  new PlatformConfig.Database(
                      database.path("jdbc_url").asText(),
                      database.path("user").asText(),
                      database.path("password").asText()));
          Connection sql =
              DriverManager.getConnection(
                  database.path("jdbc_url").asText(),
                  database.path("user").asText(),
                  database.path("password").asText())) {
        fill(metadata.sources(), sql, sources);
        measure(platform, sql, sources, searches, report);
      }
    } finally {
      delete(directory);
    }
    return report;
  }

  private static void fill(SourceStore store, Connection sql, int sources) throws SQLException {
    Random random = new Random(7);
    try (Statement statement = sql.createStatement()) {
      statement.execute("CREATE TEMP TABLE catalog_text (name text, what text)");
    }
    try (PreparedStatement text = sql.prepareStatement("INSERT INTO catalog_text VALUES (?, ?)")) {
      for (int i = 0; i < sources; i++) {
        String table = noun(random) + "_" + noun(random) + "_" + i;
        String name = "studio" + i % 50 + ".public." + table;
        StringBuilder all = new StringBuilder(name);
        List<Field> fields = new ArrayList<>();
        for (int f = 0; f < FIELDS; f++) {
          String doc = f % 2 == 0 ? "" : sentence(random);
          String field = f == 0 ? "id" : noun(random) + "_" + noun(random) + "_" + f;
          all.append(' ').append(field).append(' ').append(doc);
          fields.add(new Field(field, f == 0 ? Simple.LONG : Text.PLAIN, f > 0, doc, Map.of()));
        }
        store.put(
            new SourceDescriptor(
                name,
                "studio" + i % 50,
                "public",
                table,
                1,
                "backlot." + name + ".1",
                4,
                List.of("id"),
                "",
                AvroSchemas.envelope(new RowSchema(name, fields, List.of("id"))).toString(),
                List.of(),
                List.of()),
            SourceStore.State.STREAMING,
            "");
        text.setString(1, name);
        text.setString(2, all.toString());
        text.addBatch();
      }
      text.executeBatch();
    }
  }

  private static void measure(
      Platform platform, Connection sql, int sources, int searches, Report report)
      throws Exception {
    HttpClient http = HttpClient.newHttpClient();
    String base = platform.url() + "/api/v1/search?kind=source&limit=" + PAGE + "&q=";
    long deadline = System.nanoTime() + TimeUnit.MINUTES.toNanos(3);
    long began = System.nanoTime();
    while (search(http, platform, base, "").path("total").asInt() < sources) {
      if (System.nanoTime() > deadline) {
        throw new IllegalStateException("The catalog does not show all Sources");
      }
      TimeUnit.MILLISECONDS.sleep(200);
    }
    report.figure(
        "index",
        "%.1f s until all Sources were found".formatted((System.nanoTime() - began) / 1e9));
    List<String> queries = queries(searches + 50);
    long[] ours = new long[searches];
    long[] onServer = new long[searches];
    long[] ilike = new long[searches];
    int found = 0;
    long largest = 0;
    for (int i = 0; i < queries.size(); i++) {
      String query = queries.get(i);
      long begin = System.nanoTime();
      JsonNode answer = search(http, platform, base, query);
      long end = System.nanoTime();
      int scanned = ilike(sql, query);
      long scannedAt = System.nanoTime();
      int at = i - 50;
      if (at >= 0) {
        ours[at] = end - begin;
        onServer[at] = (long) (answer.path("took_millis").asDouble() * 1e6);
        ilike[at] = scannedAt - end;
        found += answer.path("total").asInt() > 0 ? 1 : 0;
        largest = Math.max(largest, answer.toString().length());
      }
      if (scanned > 0 && answer.path("total").asInt() < scanned) {
        throw new IllegalStateException(
            "'" + query + "' is in " + scanned + " texts, and found " + answer.path("total"));
      }
    }
    report.verified("every text that ILIKE finds was found");
    report.verified(found + " of " + searches + " searches found something");
    report.figure("largest answer", largest / 1024 + " KiB");
    Latency server = Latency.of("search, on the server", Role.OURS, onServer);
    report.add(
        new Latencies(
            "catalog search",
            List.of(
                server,
                Latency.of("search, over HTTP", Role.OURS, ours),
                Latency.of("PostgreSQL ILIKE over the same texts", Role.PEER, ilike)),
            List.of(Bar.below("p99 on the server, ms", server.p99(), SERVER_AIM_MILLIS))));
  }

  /** Returns what people type: one or two words, whole, begun, or a part of one. */
  private static List<String> queries(int count) {
    Random random = new Random(11);
    List<String> queries = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      String word = noun(random);
      queries.add(
          switch (i % 5) {
            case 0 -> word;
            case 1 -> word.substring(0, Math.min(3, word.length()));
            case 2 -> word + " " + noun(random);
            case 3 -> word.substring(1);
            default -> word + "_" + random.nextInt(10_000);
          });
    }
    return queries;
  }

  private static JsonNode search(HttpClient http, Platform platform, String base, String query)
      throws IOException, InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(base + URLEncoder.encode(query, StandardCharsets.UTF_8)));
    Path token = platform.dataDir().resolve("token");
    if (Files.exists(token)) {
      request.header("Authorization", "Bearer " + Files.readString(token).strip());
    }
    HttpResponse<byte[]> response =
        http.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
    if (response.statusCode() != 200) {
      throw new IllegalStateException("A search was answered with " + response.statusCode());
    }
    return JSON.readTree(response.body());
  }

  private static int ilike(Connection sql, String query) throws SQLException {
    StringBuilder where = new StringBuilder("SELECT name FROM catalog_text WHERE true");
    String[] words = query.split("[ _]");
    where.append(" AND what ILIKE ?".repeat(words.length));
    int rows = 0;
    try (PreparedStatement statement = sql.prepareStatement(where.toString())) {
      for (int i = 0; i < words.length; i++) {
        statement.setString(i + 1, "%" + words[i] + "%");
      }
      try (ResultSet found = statement.executeQuery()) {
        while (found.next()) {
          rows++;
        }
      }
    }
    // Parts of words are found from three letters on.
    return Stream.of(words).anyMatch(word -> word.length() < 3) ? 0 : rows;
  }

  private static String noun(Random random) {
    return NOUNS.get(random.nextInt(NOUNS.size()));
  }

  private static String sentence(Random random) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < 8; i++) {
      text.append(i == 0 ? "" : " ").append(WORDS.get(random.nextInt(WORDS.size())));
    }
    return text.toString();
  }

  private static void delete(Path directory) throws IOException {
    try (Stream<Path> all = Files.walk(directory)) {
      all.sorted(Comparator.reverseOrder()).forEach(path -> path.toFile().delete());
    }
  }
}
