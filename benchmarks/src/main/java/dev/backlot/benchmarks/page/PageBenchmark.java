package dev.backlot.benchmarks.page;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.backlot.benchmarks.report.Bar;
import dev.backlot.benchmarks.report.Benchmark;
import dev.backlot.benchmarks.report.Report;
import dev.backlot.benchmarks.report.Scale;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * What a script under {@code ui/test/bench} measures in a real browser. The script's last line is
 * JSON: {@code configuration}, {@code figures}, {@code bars} ({@code figure, measured, below}) and
 * {@code checks}.
 */
public final class PageBenchmark implements Benchmark {
  private final String title;
  private final String script;

  /** Measures by a script, named by its file. */
  public PageBenchmark(String title, String script) {
    this.title = title;
    this.script = script;
  }

  @Override
  public String title() {
    return title;
  }

  @Override
  public Report run(Scale scale) throws Exception {
    JsonNode said = new ObjectMapper().readTree(lastLine(scale.quick()));
    Report report = new Report();
    said.path("configuration")
        .properties()
        .forEach(entry -> report.configured(entry.getKey(), entry.getValue().asText()));
    said.path("figures")
        .properties()
        .forEach(entry -> report.figure(entry.getKey(), entry.getValue().asText()));
    for (JsonNode bar : said.path("bars")) {
      report.add(
          Bar.below(
              bar.path("figure").asText(),
              bar.path("measured").asDouble(),
              bar.path("below").asDouble()));
    }
    said.path("checks").forEach(check -> report.verified(check.asText()));
    return report;
  }

  private String lastLine(boolean quick) throws IOException, InterruptedException {
    Path ui = Path.of(System.getProperty("backlot.home"), "ui");
    List<String> command = new ArrayList<>(List.of("node", "test/bench/" + script));
    if (quick) {
      command.add("--quick");
    }
    Process process =
        new ProcessBuilder(command)
            .directory(ui.toFile())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (process.waitFor() != 0) {
      throw new IllegalStateException("ui/test/bench/" + script + " failed:\n" + said);
    }
    String[] lines = said.strip().split("\n");
    return lines[lines.length - 1];
  }
}
