package dev.backlot.controller.row;

import dev.backlot.controller.access.AccessLog;
import dev.backlot.controller.access.Caller;
import dev.backlot.controller.mask.Masks;
import dev.backlot.controller.source.SourceItems;
import dev.backlot.metadata.SourceStore;
import dev.backlot.model.source.SourceDescriptor;
import java.util.List;
import java.util.Map;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;

/** Histories of single rows. */
@RestController
public final class RowHistoryResource {
  private final RowHistories histories;
  private final SourceStore sources;
  private final AccessLog log;
  private final Masks masks;

  /** Tells these histories. */
  public RowHistoryResource(
      RowHistories histories, SourceStore sources, AccessLog log, Masks masks) {
    this.histories = histories;
    this.sources = sources;
    this.log = log;
    this.masks = masks;
  }

  /**
   * Tells how a table's row came to be.
   *
   * @param key a JSON array of its columns' values, or the value of its only column
   */
  @GetMapping("/api/v1/tables/{name}/rows/{key}/history")
  RowHistories.TableRow ofTable(
      @PathVariable String name, @PathVariable String key, Caller caller) {
    RowHistories.TableRow row = new RowMask(masks, caller).hide(histories.ofTable(name, key));
    log.record(caller, "history", new AccessLog.Subject("table", row.table(), ""), Map.of());
    return row;
  }

  /** Tells the events of one key of a Source. */
  @GetMapping("/api/v1/sources/{name}/rows/{key}/history")
  SourceEvents ofSource(@PathVariable String name, @PathVariable String key, Caller caller) {
    SourceDescriptor source = SourceItems.find(sources, name, "find a row of").descriptor();
    List<String> texts = RowKeys.parse(key, source.keyColumns(), "source '" + source.name() + "'");
    log.record(caller, "history", new AccessLog.Subject("source", source.name(), ""), Map.of());
    RowMask mask = new RowMask(masks, caller);
    mask.refuseKey(
        source.keyColumns(),
        masks.ofSource(caller, source.name()),
        "source '" + source.name() + "'");
    return mask.hide(histories.ofSource(source.name(), texts));
  }
}
