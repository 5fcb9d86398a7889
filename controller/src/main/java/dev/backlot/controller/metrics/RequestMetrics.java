package dev.backlot.controller.metrics;

import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Set;
import org.springframework.web.servlet.HandlerMapping;

/**
 * Measures how long answers take, by route and not by path, so that names in paths make no series.
 * Streams that stay open are not counted.
 */
public final class RequestMetrics extends HttpFilter {
  /** The attribute by which a servlet of its own names a request's route. */
  public static final String ROUTE = RequestMetrics.class.getName() + ".route";

  private static final long serialVersionUID = 1L;
  private static final Set<String> METHODS =
      Set.of("GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH");

  private final transient Histogram seconds;

  /** Measures into a registry. */
  public RequestMetrics(PrometheusRegistry registry) {
    this.seconds =
        Histogram.builder()
            .name("backlot_http_request_seconds")
            .help("From a request's arrival until its answer was written.")
            .labelNames("method", "route", "status")
            .classicOnly()
            .classicUpperBounds(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10)
            .register(registry);
  }

  @Override
  protected void doFilter(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws IOException, ServletException {
    long begin = System.nanoTime();
    try {
      chain.doFilter(request, response);
    } finally {
      if (!request.isAsyncStarted()) {
        String method = METHODS.contains(request.getMethod()) ? request.getMethod() : "other";
        seconds
            .labelValues(method, route(request), String.valueOf(response.getStatus()))
            .observe((System.nanoTime() - begin) / 1e9);
      }
    }
  }

  private static String route(HttpServletRequest request) {
    Object route = request.getAttribute(ROUTE);
    if (route == null) {
      route = request.getAttribute(HandlerMapping.BEST_MATCHING_PATTERN_ATTRIBUTE);
    }
    return route == null ? "none" : route.toString();
  }
}
