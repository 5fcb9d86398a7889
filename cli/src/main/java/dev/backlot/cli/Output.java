package dev.backlot.cli;

import java.io.PrintStream;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.Dump;
import org.snakeyaml.engine.v2.api.DumpSettings;
import org.snakeyaml.engine.v2.common.FlowStyle;

/** How answers are printed. */
enum Output {
  TABLE,
  JSON,
  YAML,
  CSV;

  /** Prints a value as JSON or YAML. */
  void print(@Nullable Object value, PrintStream out) {
    if (this == YAML) {
      out.print(yaml(value));
    } else {
      out.println(JsonText.pretty(value));
    }
  }

  static String yaml(@Nullable Object value) {
    DumpSettings settings =
        DumpSettings.builder()
            .setDefaultFlowStyle(FlowStyle.BLOCK)
            .setSplitLines(false)
            .setUseUnicodeEncoding(true)
            .setDereferenceAliases(true)
            .build();
    return new Dump(settings).dumpToString(value);
  }
}
