package dev.backlot.controller;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backlot.controller.access.AccessLogResource;
import dev.backlot.controller.audit.ProofResource;
import dev.backlot.controller.audit.TableAuditResource;
import dev.backlot.controller.backfill.BackfillResource;
import dev.backlot.controller.blackbox.BlackBoxResource;
import dev.backlot.controller.blocked.ResolveResource;
import dev.backlot.controller.builder.BuilderResource;
import dev.backlot.controller.builder.DraftResource;
import dev.backlot.controller.catalog.ItemResource;
import dev.backlot.controller.connection.ConnectionResource;
import dev.backlot.controller.detail.DetailResource;
import dev.backlot.controller.document.DocumentResource;
import dev.backlot.controller.dump.DumpResource;
import dev.backlot.controller.evolution.SchemaChangeResource;
import dev.backlot.controller.graph.GraphResource;
import dev.backlot.controller.history.HistoryResource;
import dev.backlot.controller.home.HomeResource;
import dev.backlot.controller.iceberg.IcebergServlet;
import dev.backlot.controller.incident.IncidentResource;
import dev.backlot.controller.letter.DeadLetterResource;
import dev.backlot.controller.lineage.LineageResource;
import dev.backlot.controller.maintenance.MaintenanceResource;
import dev.backlot.controller.metrics.MetricsResource;
import dev.backlot.controller.pipeline.PipelineResource;
import dev.backlot.controller.query.ExportResource;
import dev.backlot.controller.query.QueryPageResource;
import dev.backlot.controller.query.QueryRunResource;
import dev.backlot.controller.route.RouteResource;
import dev.backlot.controller.row.RowHistoryResource;
import dev.backlot.controller.schema.CompatibilityResource;
import dev.backlot.controller.schema.RegistryResource;
import dev.backlot.controller.schema.RegistrySettingsResource;
import dev.backlot.controller.schema.SchemaResource;
import dev.backlot.controller.schema.SubjectResource;
import dev.backlot.controller.search.SearchResource;
import dev.backlot.controller.signin.OidcResource;
import dev.backlot.controller.signin.SessionResource;
import dev.backlot.controller.signin.TokenResource;
import dev.backlot.controller.signin.UserResource;
import dev.backlot.controller.source.SourceResource;
import dev.backlot.controller.status.StatusResource;
import dev.backlot.controller.table.QueryResource;
import dev.backlot.controller.watch.WatchResource;
import dev.backlot.controller.web.Json;
import dev.backlot.controller.web.OpenApi;
import dev.backlot.controller.work.WorkResource;
import dev.backlot.warehouse.rest.Route;
import java.lang.reflect.Method;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestMethod;

/** The description names exactly the routes that there are. */
final class OpenApiTest {
  private static final List<Class<?>> RESOURCES =
      List.of(
          AccessLogResource.class,
          OidcResource.class,
          SessionResource.class,
          TokenResource.class,
          UserResource.class,
          BackfillResource.class,
          BlackBoxResource.class,
          BuilderResource.class,
          DraftResource.class,
          TableAuditResource.class,
          ItemResource.class,
          DocumentResource.class,
          GraphResource.class,
          HistoryResource.class,
          HomeResource.class,
          ProofResource.class,
          WorkResource.class,
          WatchResource.class,
          MaintenanceResource.class,
          StatusResource.class,
          PipelineResource.class,
          DeadLetterResource.class,
          ResolveResource.class,
          SchemaChangeResource.class,
          IncidentResource.class,
          RouteResource.class,
          CompatibilityResource.class,
          RegistryResource.class,
          RegistrySettingsResource.class,
          SchemaResource.class,
          SubjectResource.class,
          SourceResource.class,
          DetailResource.class,
          DumpResource.class,
          LineageResource.class,
          SearchResource.class,
          QueryResource.class,
          QueryRunResource.class,
          QueryPageResource.class,
          ExportResource.class,
          ConnectionResource.class,
          RowHistoryResource.class,
          MetricsResource.class);

  @Test
  void every_route_is_described_and_nothing_else() {
    Set<String> routes = new TreeSet<>();
    for (Class<?> resource : RESOURCES) {
      for (Method method : resource.getDeclaredMethods()) {
        RequestMapping mapping =
            AnnotatedElementUtils.findMergedAnnotation(method, RequestMapping.class);
        if (mapping != null) {
          for (RequestMethod verb : mapping.method()) {
            routes.add(verb.name().toLowerCase(Locale.ROOT) + " " + mapping.path()[0]);
          }
        }
      }
    }

    for (Route route : Route.values()) {
      routes.add(
          route.method().toLowerCase(Locale.ROOT) + " " + IcebergServlet.PATH + route.path());
    }

    Map<String, Object> document = Json.readMap(new String(OpenApi.json(), StandardCharsets.UTF_8));
    Set<String> described = new TreeSet<>();
    ((Map<?, ?>) document.get("paths"))
        .forEach(
            (path, verbs) ->
                ((Map<?, ?>) verbs).keySet().forEach(verb -> described.add(verb + " " + path)));

    assertThat(described).isEqualTo(routes);
    assertThat(document.get("openapi")).isEqualTo("3.1.0");
  }
}
