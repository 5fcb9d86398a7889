package dev.backlot.controller.web;

import dev.backlot.spec.CanonicalJson;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** The API's description, which is kept by hand in {@code openapi.yaml} and checked by a test. */
public final class OpenApi {
  private OpenApi() {}

  /** Returns the description as JSON. */
  public static byte[] json() {
    try (InputStream in = OpenApi.class.getResourceAsStream("/openapi.yaml")) {
      if (in == null) {
        throw new IllegalStateException("openapi.yaml is missing");
      }
      Object document = new Load(LoadSettings.builder().build()).loadFromInputStream(in);
      return CanonicalJson.write(document).getBytes(StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
