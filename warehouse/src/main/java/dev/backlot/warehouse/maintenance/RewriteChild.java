package dev.backlot.warehouse.maintenance;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.backlot.warehouse.child.ChildJvm;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * The main class of a rewriting process: reads a {@link RewriteRequest} from the file that its
 * argument names, writes new data files, and writes a {@link RewriteAnswer} beside the request.
 * Commits nothing. Ends at once when its standard input does, since then its parent is gone.
 */
public final class RewriteChild {
  static final String REQUEST = "request.json";
  static final String ANSWER = "answer.json";
  private static final int FAILED = 1;
  private static final ObjectMapper JSON = new ObjectMapper();

  private final RewriteRequest request;
  private final VersionSql sql;
  private final Connection duck;
  private final List<RewriteAnswer.Group> groups = new ArrayList<>();
  private long judged;
  private long superseded;
  private long filled;

  private RewriteChild(RewriteRequest request, Connection duck) {
    this.request = request;
    this.sql = new VersionSql(request);
    this.duck = duck;
  }

  /** Does what the request in the directory says. */
  public static void main(String[] arguments) throws Exception {
    endWithStandardInput();
    Path directory = Path.of(arguments[0]);
    RewriteRequest request =
        JSON.readValue(directory.resolve(REQUEST).toFile(), RewriteRequest.class);
    try (Connection duck = DriverManager.getConnection("jdbc:duckdb:")) {
      ChildJvm.deleteDriverLibrary();
      lock(duck, request);
      RewriteAnswer answer = new RewriteChild(request, duck).rewrite();
      Path unfinished = directory.resolve(ANSWER + ".unfinished");
      JSON.writeValue(unfinished.toFile(), answer);
      Files.move(unfinished, directory.resolve(ANSWER));
    }
    // The watcher of standard input would keep nothing alive, but a driver's thread might.
    System.exit(0);
  }

  private static void endWithStandardInput() {
    Thread thread =
        new Thread(
            () -> {
              try {
                while (System.in.read() >= 0) {
                  // the parent says nothing; only the end counts
                }
              } catch (IOException e) {
                System.err.println("Standard input failed: " + e);
              }
              Runtime.getRuntime().halt(FAILED);
            },
            "parent-watch");
    thread.setDaemon(true);
    thread.start();
  }

  private static void lock(Connection duck, RewriteRequest request) throws SQLException {
    for (String statement :
        List.of(
            "SET autoinstall_known_extensions = false",
            "SET autoload_known_extensions = false",
            "SET enable_external_file_cache = false",
            "SET TimeZone = 'UTC'",
            "SET threads = " + request.threads(),
            "SET memory_limit = '" + request.memoryMegabytes() + "MB'",
            "SET temp_directory = " + VersionSql.text(request.scratch()),
            "SET allowed_directories = [" + directories(request) + "]",
            "SET enable_external_access = false",
            "SET lock_configuration = true")) {
      execute(duck, statement);
    }
  }

  private static String directories(RewriteRequest request) {
    Set<String> directories = new LinkedHashSet<>(List.of(request.directory()));
    request.fill().values().stream()
        .map(file -> file.substring(0, file.lastIndexOf('/')))
        .forEach(directories::add);
    return directories.stream()
        .map(directory -> VersionSql.text(directory + "/"))
        .collect(Collectors.joining(", "));
  }

  private RewriteAnswer rewrite() throws SQLException, IOException {
    if (!request.fill().isNone()) {
      fill();
    } else if (!request.removed().isEmpty()) {
      execute(duck, sql.dropRemoved());
      for (int file : filesWithDropped()) {
        copy(List.of(file), List.of(file));
      }
    } else if (request.whole()) {
      List<Integer> all = IntStream.range(0, request.files().size()).boxed().toList();
      long[] ended = judge(all);
      List<List<Integer>> chosen =
          CompactPlan.of(
              request.sizes(),
              ended,
              request.supersededRatio(),
              request.targetBytes(),
              request.workBytes());
      note(chosen.stream().flatMap(List::stream).toList());
      execute(duck, sql.dropEndedAndForgotten());
      for (List<Integer> set : chosen) {
        copy(set, set);
      }
    } else {
      for (List<Integer> set : request.sets()) {
        if (request.key().isEmpty()) {
          copy(set, List.of());
        } else {
          judge(set);
          List<Integer> places = IntStream.range(0, set.size()).boxed().toList();
          note(places);
          execute(duck, VersionSql.dropEnded());
          copy(set, places);
        }
      }
    }
    return new RewriteAnswer(groups, judged, superseded, filled);
  }

  /** Judges the rows of some files; returns how many of each can go. */
  private long[] judge(List<Integer> files) throws SQLException {
    execute(duck, sql.read(files));
    execute(duck, sql.judge());
    long[] ended = new long[files.size()];
    try (Statement statement = duck.createStatement();
        ResultSet rows = statement.executeQuery(VersionSql.endedByFile())) {
      while (rows.next()) {
        ended[rows.getInt(1)] = rows.getLong(2);
        superseded += rows.getLong(2);
      }
    }
    for (int file : files) {
      judged += request.sizes().get(file).rows();
    }
    return ended;
  }

  private void fill() throws SQLException, IOException {
    FillSql fills = new FillSql(request, sql);
    execute(duck, fills.find());
    filled = count(FillSql.count());
    if (filled == 0) {
      return;
    }
    List<Integer> all = IntStream.range(0, request.files().size()).boxed().toList();
    long rows = request.sizes().stream().mapToLong(FileSize::rows).sum();
    String output = request.output() + "0.parquet";
    long copied;
    try (Statement statement = duck.createStatement()) {
      copied = statement.executeLargeUpdate(fills.copy(output));
    }
    if (copied != rows) {
      throw new IOException("Copied %d rows instead of %d".formatted(copied, rows));
    }
    groups.add(new RewriteAnswer.Group(all, output, rows, rows));
  }

  private long count(String query) throws SQLException {
    try (Statement statement = duck.createStatement();
        ResultSet row = statement.executeQuery(query)) {
      row.next();
      return row.getLong(1);
    }
  }

  private List<Integer> filesWithDropped() throws SQLException {
    List<Integer> files = new ArrayList<>();
    try (Statement statement = duck.createStatement();
        ResultSet rows = statement.executeQuery("SELECT DISTINCT f FROM dropped ORDER BY f")) {
      while (rows.next()) {
        files.add(rows.getInt(1));
      }
    }
    return files;
  }

  private void note(List<Integer> places) throws SQLException {
    execute(duck, "CREATE OR REPLACE TEMP TABLE rewritten (f BIGINT)");
    Set<Integer> distinct = new HashSet<>(places);
    if (!distinct.isEmpty()) {
      String values = String.join("), (", distinct.stream().map(String::valueOf).toList());
      execute(duck, "INSERT INTO rewritten VALUES (" + values + ")");
    }
  }

  private void copy(List<Integer> files, List<Integer> places) throws SQLException, IOException {
    long rowsIn = files.stream().mapToLong(file -> request.sizes().get(file).rows()).sum();
    long dropped = places.isEmpty() ? 0 : dropped(places);
    if (dropped == 0 && files.size() == 1) {
      return;
    }
    String output = request.output() + groups.size() + ".parquet";
    long rowsOut;
    if (dropped == rowsIn) {
      rowsOut = 0;
      output = "";
    } else {
      try (Statement statement = duck.createStatement()) {
        rowsOut = statement.executeLargeUpdate(sql.copy(files, places, output));
      }
    }
    if (rowsOut != rowsIn - dropped) {
      throw new IOException(
          "Copied %d rows instead of %d minus %d".formatted(rowsOut, rowsIn, dropped));
    }
    groups.add(new RewriteAnswer.Group(files, output, rowsIn, rowsOut));
  }

  private long dropped(List<Integer> places) throws SQLException {
    String list = String.join(", ", places.stream().map(String::valueOf).toList());
    return count("SELECT count(*) FROM dropped WHERE f IN (" + list + ")");
  }

  private static void execute(Connection connection, String statement) throws SQLException {
    try (Statement executed = connection.createStatement()) {
      executed.execute(statement);
    }
  }
}
