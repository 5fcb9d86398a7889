package dev.backlot.controller.web;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.URI;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Lets only this machine's own pages and tools in while there is no sign-in: the Host header must
 * name loopback (a web site whose name resolves to 127.0.0.1 must not reach us), and a browser's
 * request from another origin is refused. Adds the headers that confine the page.
 */
final class LoopbackGuard extends HttpFilter {
  private static final long serialVersionUID = 1L;
  private static final Set<String> HOSTS = Set.of("localhost", "127.0.0.1", "[::1]");
  private static final String POLICY = "default-src 'none'; frame-ancestors 'none'";

  @Override
  public void doFilter(ServletRequest rawRequest, ServletResponse rawResponse, FilterChain chain)
      throws IOException, ServletException {
    HttpServletRequest request = (HttpServletRequest) rawRequest;
    HttpServletResponse response = (HttpServletResponse) rawResponse;
    response.setHeader("Content-Security-Policy", POLICY);
    response.setHeader("X-Content-Type-Options", "nosniff");
    response.setHeader("Referrer-Policy", "no-referrer");
    if (!isLoopback(hostOf(request.getHeader("Host"))) || isForeign(request)) {
      response.setStatus(403);
      response.setContentType("application/problem+json");
      response
          .getWriter()
          .write(
              "{\"type\":\"about:blank\",\"title\":\"Cannot answer the request: it names another"
                  + " host than localhost.\",\"status\":403,\"code\":\"USAGE\",\"problems\":[{"
                  + "\"code\":\"USAGE\",\"message\":\"Cannot answer the request: it names another"
                  + " host than localhost. Use http://localhost.\",\"place\":{\"file\":\"\","
                  + "\"line\":0,\"column\":0,\"path\":\"\"}}]}");
      return;
    }
    chain.doFilter(request, response);
  }

  private static boolean isForeign(HttpServletRequest request) {
    String origin = request.getHeader("Origin");
    if (origin == null) {
      return false;
    }
    try {
      URI uri = URI.create(origin);
      return !isLoopback(uri.getHost()) || uri.getPort() != request.getServerPort();
    } catch (IllegalArgumentException e) {
      return true;
    }
  }

  private static boolean isLoopback(@Nullable String host) {
    return host != null && HOSTS.contains(host.toLowerCase(Locale.ROOT));
  }

  private static @Nullable String hostOf(@Nullable String header) {
    if (header == null) {
      return null;
    }
    int bracket = header.indexOf(']');
    int colon = header.indexOf(':', Math.max(0, bracket));
    return colon < 0 ? header : header.substring(0, colon);
  }
}
