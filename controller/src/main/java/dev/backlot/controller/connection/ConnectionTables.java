package dev.backlot.controller.connection;

import com.fasterxml.jackson.databind.JsonNode;
import dev.backlot.controller.dump.DumpView;
import dev.backlot.controller.source.SourceItems;
import dev.backlot.controller.web.Json;
import dev.backlot.metadata.CaptureStore;
import dev.backlot.metadata.DumpStore;
import dev.backlot.metadata.MetadataDatabase;
import dev.backlot.metadata.SourceStore;
import dev.backlot.metadata.SourceStore.StoredSource;
import dev.backlot.model.source.SourceDescriptor;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What becomes of the tables that connections name. Thread-safe. */
public final class ConnectionTables {
  private final MetadataDatabase metadata;
  private final ChangeRates rates;

  /** Shows what is stored, with these rates. */
  public ConnectionTables(MetadataDatabase metadata, ChangeRates rates) {
    this.metadata = metadata;
    this.rates = rates;
  }

  /**
   * A table of a connection.
   *
   * @param source the Source's name; empty when the table can't be captured
   * @param state {@code dumping}, {@code streaming}, {@code stopped} or {@code refused}
   * @param code of the problem that keeps it from being captured, or empty
   * @param fields how many the Source has; empty without one
   * @param rate changes a second of late; empty while nobody knows
   * @param lastChange when the last one was written; empty while nobody knows
   * @param dump the one that is not finished, if there is one
   */
  record TableView(
      String name,
      String source,
      String state,
      String code,
      String reason,
      Optional<Instant> since,
      List<String> key,
      Optional<Integer> fields,
      Optional<Long> changes,
      Optional<Double> rate,
      Optional<Instant> lastChange,
      Optional<DumpView> dump) {}

  List<TableView> of(String connection) {
    Map<String, DumpStore.Dump> open = new HashMap<>();
    metadata.dumps().unfinished(connection).forEach(dump -> open.putIfAbsent(dump.source(), dump));
    List<StoredSource> sources =
        metadata.sources().ofConnection(connection).stream()
            .filter(source -> source.state() != SourceStore.State.REMOVED)
            .toList();
    Map<String, ChangeRates.Rate> moving = rates.of(connection, sources);
    List<TableView> views = new ArrayList<>(refused(connection));
    for (StoredSource source : sources) {
      SourceDescriptor descriptor = source.descriptor();
      Optional<ChangeRates.Rate> rate = Optional.ofNullable(moving.get(descriptor.topic()));
      views.add(
          new TableView(
              tableName(descriptor),
              descriptor.name(),
              source.state().label(),
              "",
              source.reason(),
              Optional.of(source.updatedAt()),
              descriptor.keyColumns(),
              Optional.of(SourceItems.rowFields(descriptor).size()),
              rate.map(ChangeRates.Rate::changes),
              rate.flatMap(ChangeRates.Rate::perSecond),
              rate.flatMap(ChangeRates.Rate::last),
              Optional.ofNullable(open.get(descriptor.name())).map(DumpView::of)));
    }
    return views;
  }

  private static String tableName(SourceDescriptor descriptor) {
    return descriptor.name().substring(descriptor.connection().length() + 1);
  }

  /** Capture's status names tables of the document that it can't follow, each with the reason. */
  private List<TableView> refused(String connection) {
    List<TableView> views = new ArrayList<>();
    Optional<CaptureStore.Status> status = metadata.captures().status(connection);
    JsonNode tables =
        status
            .map(found -> Json.readTree(found.details()).path("tables"))
            .orElseGet(Json.MAPPER::createObjectNode);
    tables
        .properties()
        .forEach(
            table ->
                views.add(
                    new TableView(
                        table.getKey(),
                        "",
                        "refused",
                        table.getValue().path("code").asText(),
                        table.getValue().path("reason").asText(),
                        status.map(CaptureStore.Status::updatedAt),
                        List.of(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty())));
    return views;
  }
}
