package dev.backlot.controller.access;

import dev.backlot.metadata.AccessLogStore;
import dev.backlot.metadata.AccessLogStore.Entry;
import dev.backlot.metadata.AccessLogStore.Filter;
import dev.backlot.metadata.AccessLogStore.StoredEntry;
import dev.backlot.metadata.AccessLogStore.Visible;
import dev.backlot.model.ProblemCode;
import dev.backlot.model.ProblemException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/**
 * Shows who did and saw what: everything to admins, what is about their teams' things to owners,
 * their own doings to all.
 */
@RestController
public final class AccessLogResource {
  private static final int MOST = 1000;

  private final AccessLogStore store;

  /** Shows this log. */
  public AccessLogResource(AccessLogStore store) {
    this.store = store;
  }

  @GetMapping("/api/v1/access-log")
  Map<String, Object> list(
      Caller caller,
      @RequestParam(required = false) @Nullable String by,
      @RequestParam(required = false) @Nullable String action,
      @RequestParam(required = false) @Nullable String kind,
      @RequestParam(required = false) @Nullable String name,
      @RequestParam(required = false) @Nullable String outcome,
      @RequestParam(required = false) @Nullable String from,
      @RequestParam(required = false) @Nullable String until,
      @RequestParam(required = false) @Nullable Long before,
      @RequestParam(defaultValue = "100") int limit) {
    int rows = Math.max(1, Math.min(limit, MOST));
    Filter filter =
        new Filter(
            visible(caller),
            given(by),
            given(action),
            given(kind),
            given(name),
            given(outcome),
            time("from", from),
            time("until", until),
            Optional.ofNullable(before));
    List<StoredEntry> entries = store.list(filter, rows);
    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put("items", entries.stream().map(AccessLogResource::map).toList());
    if (entries.size() == rows) {
      answer.put("next", entries.get(rows - 1).id());
    }
    return answer;
  }

  private static Optional<Visible> visible(Caller caller) {
    if (caller.has(Role.ADMIN)) {
      return Optional.empty();
    }
    return Optional.of(
        new Visible(caller.name(), caller.has(Role.OWNER) ? caller.teams() : Set.of()));
  }

  private static Optional<String> given(@Nullable String value) {
    return Optional.ofNullable(value).filter(text -> !text.isEmpty() && text.indexOf('\0') < 0);
  }

  private static Optional<Instant> time(String field, @Nullable String value) {
    try {
      return given(value).map(Instant::parse);
    } catch (DateTimeException e) {
      throw new ProblemException(
          ProblemCode.USAGE,
          "Cannot list the access log: '"
              + field
              + "' is no time. Write one such as 2026-01-31T12:00:00Z.",
          e);
    }
  }

  private static Map<String, Object> map(StoredEntry stored) {
    Entry entry = stored.entry();
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("id", stored.id());
    map.put("at", stored.at());
    map.put("caller", entry.caller());
    map.put("address", entry.address());
    map.put("action", entry.action());
    map.put("kind", entry.kind());
    map.put("name", entry.name());
    map.put("owner", entry.owner());
    map.put("outcome", entry.outcome().label());
    map.put("detail", entry.detail());
    return map;
  }
}
