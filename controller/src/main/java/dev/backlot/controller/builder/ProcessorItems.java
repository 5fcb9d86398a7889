package dev.backlot.controller.builder;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import dev.backlot.controller.catalog.Item;
import dev.backlot.controller.catalog.Items;
import dev.backlot.controller.dataplane.DataPlane;
import dev.backlot.controller.web.Json;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Processors and sinks, as they describe themselves. */
public final class ProcessorItems implements Items {
  private static final TypeReference<LinkedHashMap<String, Object>> MAP = new TypeReference<>() {};

  private final DataPlane dataPlane;

  /** Shows what this data plane runs. */
  public ProcessorItems(DataPlane dataPlane) {
    this.dataPlane = dataPlane;
  }

  @Override
  public String path() {
    return "processors";
  }

  @Override
  public String noun() {
    return "processor";
  }

  @Override
  public List<Item> list(Effort effort) {
    List<Item> items = new ArrayList<>();
    for (JsonNode descriptor : dataPlane.processors()) {
      boolean sink = descriptor.path("ports").path("outputs").asInt() == 0;
      items.add(
          new Item(
              sink ? "Sink" : "Processor",
              descriptor.path("type").asText(),
              Json.MAPPER.convertValue(descriptor, MAP),
              Map.of("state", "ready", "reason", "")));
    }
    return items;
  }

  @Override
  public Optional<Item> find(String name, Effort effort) {
    return list(effort).stream().filter(item -> item.name().equals(name)).findFirst();
  }
}
