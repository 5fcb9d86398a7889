package dev.backlot.checker;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** Asks through {@code backlot query … -o json}, as a user would. */
public final class CommandTarget implements Target {
  private static final ObjectMapper JSON = mapper();

  private final List<String> command;

  /**
   * Asks one server.
   *
   * @param backlot the product's command
   * @param server the server's URL
   */
  public CommandTarget(Path backlot, String server) {
    this.command = List.of(backlot.toString(), "query", "--server", server, "-o", "json");
  }

  private static ObjectMapper mapper() {
    ObjectMapper mapper =
        JsonMapper.builder()
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .nodeFactory(JsonNodeFactory.withExactBigDecimals(true))
            .build();
    mapper
        .getFactory()
        .setStreamReadConstraints(
            StreamReadConstraints.builder().maxStringLength(Integer.MAX_VALUE).build());
    return mapper;
  }

  @Override
  public void query(String sql, Consumer<JsonNode> row) throws IOException {
    List<String> arguments = new ArrayList<>(command);
    arguments.add(sql);
    Path errors = Files.createTempFile("backlot-query-", ".err");
    Process process = new ProcessBuilder(arguments).redirectError(errors.toFile()).start();
    try {
      try (JsonParser parser = JSON.createParser(process.getInputStream())) {
        boolean array = parser.nextToken() == JsonToken.START_ARRAY;
        while (array && parser.nextToken() == JsonToken.START_OBJECT) {
          row.accept(JSON.readTree(parser));
        }
        // to the end, or the command would find its output closed
        if (parser.nextToken() != null) {
          throw new IOException("rows are followed by something else");
        }
      }
      int exit = process.waitFor();
      if (exit != 0) {
        throw new IOException("query ended with " + exit + ": " + Files.readString(errors));
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    } finally {
      Files.deleteIfExists(errors);
    }
  }
}
