package dev.backlot.controller.iceberg;

import dev.backlot.controller.access.Callers;
import dev.backlot.controller.access.Gate;
import dev.backlot.controller.mask.Masks;
import dev.backlot.controller.metrics.RequestMetrics;
import dev.backlot.controller.table.Lake;
import dev.backlot.controller.web.Json;
import dev.backlot.controller.web.ProblemAdvice;
import dev.backlot.metadata.MetadataDatabase;
import dev.backlot.model.ProblemException;
import dev.backlot.warehouse.LakeCatalog;
import dev.backlot.warehouse.rest.Answer;
import dev.backlot.warehouse.rest.Call;
import dev.backlot.warehouse.rest.CatalogProtocol;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Iceberg's REST catalog over HTTP. A servlet of its own, since names in its paths are encoded in
 * ways that Spring would decode too early.
 */
public final class IcebergServlet extends HttpServlet {
  /** Where it is served. */
  public static final String PATH = "/iceberg";

  private static final long serialVersionUID = 1L;
  private static final int LARGEST_BODY = 64 * 1024 * 1024;

  private final transient Gate gate;
  private final transient Lake lake;
  private final transient PipelineTables owners;
  private final transient Masks masks;
  private transient @Nullable CatalogProtocol protocol;
  private transient @Nullable LakeCatalog served;

  /** Serves the installation's catalog. */
  public IcebergServlet(Lake lake, MetadataDatabase metadata, Gate gate, Masks masks) {
    this.gate = gate;
    this.lake = lake;
    this.masks = masks;
    this.owners = new PipelineTables(metadata);
  }

  @Override
  protected void service(HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    request.setAttribute(RequestMetrics.ROUTE, PATH);
    try {
      gate.enter(request, response, rule(request));
    } catch (ProblemException e) {
      refuse(e, response);
      return;
    }
    Gate.note(request, "path", request.getRequestURI());
    boolean done = false;
    try {
      serve(request, response);
      done = response.getStatus() < 400;
    } finally {
      gate.leave(request, done, response.getStatus());
    }
  }

  /** Metrics of a scan are reported by who only reads. */
  private static String rule(HttpServletRequest request) {
    boolean report =
        request.getMethod().equals("POST") && request.getRequestURI().endsWith("/metrics");
    return report ? PATH + "/metrics" : PATH;
  }

  /** In the protocol's own words, so that engines show them. */
  private static void refuse(ProblemException e, HttpServletResponse response) throws IOException {
    int status = ProblemAdvice.status(e.problems());
    Map<String, Object> error =
        Map.of(
            "message",
            e.problems().get(0).message(),
            "type",
            status == 401 ? "NotAuthorizedException" : "ForbiddenException",
            "code",
            status);
    response.setStatus(status);
    response.setContentType("application/json");
    response
        .getOutputStream()
        .write(Json.write(Map.of("error", error)).getBytes(StandardCharsets.UTF_8));
  }

  private void serve(HttpServletRequest request, HttpServletResponse response) throws IOException {
    Answer answer = protocol().answer(call(request), masks.tables(Callers.of(request)));
    response.setStatus(answer.status());
    answer.etag().ifPresent(etag -> response.setHeader("ETag", etag));
    if (!answer.body().isEmpty()) {
      byte[] body = answer.body().getBytes(StandardCharsets.UTF_8);
      response.setContentType("application/json");
      response.setContentLength(body.length);
      if (!request.getMethod().equals("HEAD")) {
        response.getOutputStream().write(body);
      }
    }
  }

  private synchronized CatalogProtocol protocol() {
    LakeCatalog catalog = lake.catalog();
    CatalogProtocol current = protocol;
    if (current == null || catalog != served) {
      current = new CatalogProtocol(catalog, owners);
      served = catalog;
      protocol = current;
    }
    return current;
  }

  private static Call call(HttpServletRequest request) throws IOException {
    Map<String, String> parameters = new HashMap<>();
    for (String name : Collections.list(request.getParameterNames())) {
      parameters.put(name, request.getParameter(name));
    }
    return new Call(
        request.getMethod(),
        request.getRequestURI().substring(PATH.length()),
        parameters,
        Optional.ofNullable(request.getHeader("If-None-Match")),
        body(request.getInputStream()));
  }

  private static String body(InputStream in) throws IOException {
    byte[] body = in.readNBytes(LARGEST_BODY + 1);
    if (body.length > LARGEST_BODY) {
      throw new IOException("A request has more than " + LARGEST_BODY + " bytes");
    }
    return new String(body, StandardCharsets.UTF_8);
  }
}
