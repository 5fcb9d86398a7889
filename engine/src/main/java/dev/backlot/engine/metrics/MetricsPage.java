package dev.backlot.engine.metrics;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import dev.backlot.model.ProblemCode;
import dev.backlot.model.ProblemException;
import io.prometheus.metrics.expositionformats.ExpositionFormatWriter;
import io.prometheus.metrics.expositionformats.ExpositionFormats;
import io.prometheus.metrics.instrumentation.jvm.JvmMetrics;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;

/**
 * All metrics of this process in the format that the scraper asks for: Prometheus' text unless it
 * accepts OpenMetrics. Needs no token: it tells nothing that could be changed by it.
 */
public final class MetricsPage implements HttpHandler {
  /** Where it is found. */
  public static final String PATH = "/metrics";

  private final ExpositionFormats formats = ExpositionFormats.init();

  static {
    JvmMetrics.builder().register();
  }

  /** Shows the process's registry, the Java machine's own metrics included. */
  public MetricsPage() {}

  /**
   * Serves nothing but this page, on loopback.
   *
   * @param port 0 takes a free one
   * @throws ProblemException {@code PORT_TAKEN}
   */
  public static HttpServer serve(int port) {
    try {
      HttpServer server =
          HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
      server.createContext(PATH, new MetricsPage());
      server.start();
      return server;
    } catch (IOException e) {
      throw new ProblemException(
          ProblemCode.PORT_TAKEN,
          "Cannot open port '%d': %s. Choose another one for ports.metrics."
              .formatted(port, e.getMessage()),
          e);
    }
  }

  @Override
  public void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      if (!exchange.getRequestURI().getPath().equals(PATH)) {
        exchange.sendResponseHeaders(404, -1);
        return;
      }
      ExpositionFormatWriter writer =
          formats.findWriter(exchange.getRequestHeaders().getFirst("Accept"));
      ByteArrayOutputStream page = new ByteArrayOutputStream(16 * 1024);
      writer.write(page, PrometheusRegistry.defaultRegistry.scrape());
      exchange.getResponseHeaders().set("Content-Type", writer.getContentType());
      exchange.sendResponseHeaders(200, page.size());
      page.writeTo(exchange.getResponseBody());
    }
  }
}
