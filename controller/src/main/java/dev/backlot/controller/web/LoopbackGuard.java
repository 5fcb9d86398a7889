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
 * Lets only the platform's own pages and tools in: the Host header must name loopback or the public
 * address (a web site whose name resolves to 127.0.0.1 must not reach us), and a browser's request
 * from another origin is refused. Adds the headers that confine the page.
 */
final class LoopbackGuard extends HttpFilter {
  private static final long serialVersionUID = 1L;
  private static final Set<String> HOSTS = Set.of("localhost", "127.0.0.1", "[::1]");
  private static final String POLICY = "default-src 'none'; frame-ancestors 'none'";

  private final String publicOrigin;
  private final String publicHost;

  /**
   * Guards a controller.
   *
   * @param publicUrl where browsers reach it through a proxy; empty when they reach it on loopback
   */
  LoopbackGuard(String publicUrl) {
    URI uri = URI.create(publicUrl);
    this.publicHost = uri.getHost() == null ? "" : uri.getHost().toLowerCase(Locale.ROOT);
    this.publicOrigin = publicHost.isEmpty() ? "" : uri.getScheme() + "://" + uri.getAuthority();
  }

  @Override
  public void doFilter(ServletRequest rawRequest, ServletResponse rawResponse, FilterChain chain)
      throws IOException, ServletException {
    HttpServletRequest request = (HttpServletRequest) rawRequest;
    HttpServletResponse response = (HttpServletResponse) rawResponse;
    response.setHeader("Content-Security-Policy", POLICY);
    response.setHeader("X-Content-Type-Options", "nosniff");
    response.setHeader("Referrer-Policy", "no-referrer");
    if (!isOwn(hostOf(request.getHeader("Host"))) || isForeign(request)) {
      response.setStatus(403);
      response.setContentType("application/problem+json");
      response
          .getWriter()
          .write(
              "{\"type\":\"about:blank\",\"title\":\"Cannot answer the request: it names another"
                  + " host than this platform.\",\"status\":403,\"code\":\"USAGE\",\"problems\":[{"
                  + "\"code\":\"USAGE\",\"message\":\"Cannot answer the request: it names another"
                  + " host than this platform. Use http://localhost, or the public address that"
                  + " is configured.\",\"place\":{\"file\":\"\","
                  + "\"line\":0,\"column\":0,\"path\":\"\"}}]}");
      return;
    }
    chain.doFilter(request, response);
  }

  private boolean isOwn(@Nullable String host) {
    return isLoopback(host)
        || host != null
            && !publicHost.isEmpty()
            && publicHost.equals(host.toLowerCase(Locale.ROOT));
  }

  private boolean isForeign(HttpServletRequest request) {
    String origin = request.getHeader("Origin");
    if (origin == null || !publicOrigin.isEmpty() && origin.equalsIgnoreCase(publicOrigin)) {
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
