package dev.backlot.controller.detail;

import dev.backlot.controller.access.Caller;
import dev.backlot.controller.dataplane.DataPlane;
import dev.backlot.controller.document.ChangePlanner;
import dev.backlot.controller.document.Descriptions;
import dev.backlot.controller.evolution.Evolutions;
import dev.backlot.controller.lineage.Lineages;
import dev.backlot.controller.mask.Masks;
import dev.backlot.controller.source.SourceItems;
import dev.backlot.controller.table.Lake;
import dev.backlot.metadata.MetadataDatabase;
import dev.backlot.metadata.SourceStore.StoredSource;
import dev.backlot.schema.Field;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PatchMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;

/** The pages of Sources and tables. */
@RestController
public final class DetailResource {
  private static final int PROFILED = 200;

  private final MetadataDatabase metadata;
  private final DataPlane dataPlane;
  private final Lake lake;
  private final Masks masks;
  private final SourcePages sources;
  private final SourceEdits edits;
  private final SourceVersions versions;
  private final TablePages tables;

  /** Shows what these know. */
  public DetailResource(
      MetadataDatabase metadata,
      DataPlane dataPlane,
      Lake lake,
      Descriptions descriptions,
      Lineages lineages,
      Evolutions evolutions,
      ChangePlanner planner,
      Masks masks) {
    this.metadata = metadata;
    this.dataPlane = dataPlane;
    this.lake = lake;
    this.masks = masks;
    this.sources = new SourcePages(metadata, dataPlane, descriptions, evolutions, masks);
    this.edits = new SourceEdits(metadata.documents(), metadata.sources(), planner, masks);
    this.versions = new SourceVersions(evolutions);
    this.tables = new TablePages(metadata, lake, descriptions, lineages, masks);
  }

  @GetMapping("/api/v1/sources/{name}/details")
  SourceDetails source(@PathVariable String name, Caller caller) {
    return sources.of(name, caller);
  }

  @PatchMapping("/api/v1/sources/{name}/description")
  Map<String, Object> describe(
      @PathVariable String name, @RequestBody SourceEdits.Edit edit, Caller caller) {
    return Map.of("revision", edits.write(name, edit, caller));
  }

  @GetMapping("/api/v1/sources/{name}/versions")
  Map<String, Object> versions(@PathVariable String name) {
    return Map.of("versions", versions.of(SourceItems.find(metadata.sources(), name, "show")));
  }

  @GetMapping("/api/v1/sources/{name}/profile")
  Profile profileOfSource(@PathVariable String name, Caller caller) {
    StoredSource source = SourceItems.find(metadata.sources(), name, "profile");
    String canonical = source.descriptor().name();
    Set<String> masked = masks.ofSource(caller, canonical);
    List<Map<String, Object>> rows =
        Masks.hideAll(dataPlane.sample(canonical, PROFILED).get("rows"), masked);
    List<String> fields =
        SourceItems.rowFields(source.descriptor()).stream().map(Field::name).toList();
    return SampleProfile.of(rows, fields, masked);
  }

  @GetMapping("/api/v1/tables/{name}/details")
  TableDetails table(@PathVariable String name, Caller caller) {
    return tables.of(name, caller);
  }

  @GetMapping("/api/v1/tables/{name}/profile")
  Profile profileOfTable(@PathVariable String name, Caller caller) {
    return new TableProfile(lake).of(tables.find(name), masks.tables(caller));
  }
}
