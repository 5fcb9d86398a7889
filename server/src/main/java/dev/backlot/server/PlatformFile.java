package dev.backlot.server;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.ser.std.ToStringSerializer;
import com.fasterxml.jackson.datatype.jdk8.Jdk8Module;
import dev.backlot.model.platform.PlatformConfig;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;

/**
 * The file that tells the processes of one installation how to find each other: {@link
 * PlatformConfig} as JSON in snake case, paths as plain text, readable by its owner only.
 */
public final class PlatformFile {
  private static final ObjectMapper MAPPER =
      JsonMapper.builder()
          .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
          .addModule(new Jdk8Module())
          .addModule(new SimpleModule().addSerializer(Path.class, new ToStringSerializer()))
          .enable(SerializationFeature.INDENT_OUTPUT)
          .build();

  private PlatformFile() {}

  /** Reads a file that {@link #write} wrote. */
  public static PlatformConfig read(Path file) {
    try {
      return MAPPER.readValue(file.toFile(), PlatformConfig.class);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read platform file '" + file + "'", e);
    }
  }

  static void write(PlatformConfig config, Path file) throws IOException {
    PrivateFiles.write(file, MAPPER.writeValueAsString(config));
  }
}
