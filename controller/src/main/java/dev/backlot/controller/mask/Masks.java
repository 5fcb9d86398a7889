package dev.backlot.controller.mask;

import dev.backlot.controller.access.Caller;
import dev.backlot.controller.document.Descriptions;
import dev.backlot.controller.document.Descriptions.Described;
import dev.backlot.controller.evolution.Evolutions;
import dev.backlot.controller.lineage.LineageNode;
import dev.backlot.controller.lineage.LineageResource;
import dev.backlot.controller.lineage.Lineages;
import dev.backlot.controller.lineage.Origins;
import dev.backlot.metadata.MetadataDatabase;
import dev.backlot.metadata.SourceStore.SourceHead;
import dev.backlot.model.spec.SpecKind;
import dev.backlot.schema.Field;
import dev.backlot.schema.RowSchema;
import dev.backlot.warehouse.LakeRelation;
import dev.backlot.warehouse.TableName;
import dev.backlot.warehouse.query.Masking;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What a caller may not see. A tag holds from the moment at which its document is written, for all
 * that comes from the field, by whatever pipeline. Thread-safe; asks the metadata database each
 * time.
 *
 * <p>Queries run under {@link #tables}. Whoever shows values in another way asks {@link #ofTable}
 * or {@link #ofSource} and passes rows through {@link #hide}; the names of the masked columns go
 * beside the rows as {@code masked}.
 */
public final class Masks implements LineageResource.Tags {
  /** What stands in place of a value that may not be seen. */
  public static final String MASKED = LakeRelation.MASKED_TEXT;

  private final MetadataDatabase metadata;
  private final Descriptions descriptions;
  private final Lineages lineages;
  private final Evolutions evolutions;
  private @Nullable Locks locks;
  private String version = "";

  /** Masks by these descriptions and plans. */
  public Masks(
      MetadataDatabase metadata,
      Descriptions descriptions,
      Lineages lineages,
      Evolutions evolutions) {
    this.metadata = metadata;
    this.descriptions = descriptions;
    this.lineages = lineages;
    this.evolutions = evolutions;
  }

  /** Returns what a caller's queries run under. */
  public Masking tables(Caller caller) {
    if (seesAll(caller)) {
      return Masking.NONE;
    }
    Locks now = locks();
    return table -> closed(now.ofTable(table.toString()), caller);
  }

  /** Returns the columns of a table that a caller may not see, sorted. */
  public Set<String> ofTable(Caller caller, String table) {
    return seesAll(caller)
        ? Set.of()
        : closed(locks().ofTable(TableName.parse(table).toString()), caller);
  }

  /** Returns the fields of a Source that a caller may not see, sorted. */
  public Set<String> ofSource(Caller caller, String source) {
    return seesAll(caller) ? Set.of() : closed(locks().ofSource(source), caller);
  }

  private static boolean seesAll(Caller caller) {
    return caller.clearances().contains(Caller.ALL);
  }

  private static Set<String> closed(Map<String, List<Lock>> columns, Caller caller) {
    Set<String> closed = new TreeSet<>();
    columns.forEach(
        (column, locks) -> {
          if (!locks.stream().allMatch(lock -> lock.opensFor(caller))) {
            closed.add(column);
          }
        });
    return closed;
  }

  /** Returns a row in which {@link #MASKED} stands in place of masked values. */
  public static Map<String, Object> hide(Map<String, ?> row, Set<String> masked) {
    Map<String, Object> shown = new LinkedHashMap<>(row);
    for (String column : masked) {
      if (shown.containsKey(column)) {
        shown.put(column, MASKED);
      }
    }
    return shown;
  }

  /** Returns rows as {@link #hide} shows them; what is not a list of rows is shown as none. */
  public static List<Map<String, Object>> hideAll(@Nullable Object rows, Set<String> masked) {
    List<Map<String, Object>> shown = new ArrayList<>();
    if (rows instanceof List<?> list) {
      for (Object row : list) {
        if (row instanceof Map<?, ?> values) {
          Map<String, Object> copy = new LinkedHashMap<>();
          values.forEach((name, value) -> copy.put(String.valueOf(name), value));
          shown.add(hide(copy, masked));
        }
      }
    }
    return shown;
  }

  @Override
  public Function<LineageNode, List<String>> tags() {
    Locks now = locks();
    return node -> {
      Map<String, List<Lock>> all =
          node.kind() == LineageNode.Kind.SOURCE
              ? now.ofSource(node.owner())
              : now.ofTable(node.owner());
      Set<String> tags = new TreeSet<>();
      all.getOrDefault(node.field(), List.of()).forEach(lock -> tags.addAll(lock.tags()));
      return List.copyOf(tags);
    };
  }

  @Override
  public Function<String, String> owners() {
    return locks()::owner;
  }

  /**
   * Returns whether anything at all is masked for a caller: what can't be traced is hidden then.
   */
  public boolean hidesAnything(Caller caller) {
    return !seesAll(caller) && locks().all().anyMatch(lock -> !lock.opensFor(caller));
  }

  /** Returns the locks as of now. */
  public synchronized Locks locks() {
    lineages.graph();
    String now = metadata.origins().version();
    Locks known = locks;
    if (known == null || !now.equals(version)) {
      known = find();
      locks = known;
      version = now;
    }
    return known;
  }

  private Locks find() {
    List<SourceHead> sources = metadata.sources().heads();
    Map<String, SourceHead> byName = new HashMap<>();
    sources.forEach(source -> byName.put(source.name(), source));
    return new Locks(
        new Locks.Facts(
            sources,
            descriptions.of(SpecKind.SOURCE),
            owners(descriptions.of(SpecKind.CONNECTION)),
            owners(descriptions.of(SpecKind.PIPELINE))),
        metadata.origins().list(),
        source -> formerNames(Optional.ofNullable(byName.get(source))));
  }

  private static Map<String, String> owners(Map<String, Described> documents) {
    Map<String, String> owners = new HashMap<>();
    documents.forEach((name, document) -> owners.put(name, document.owner()));
    return owners;
  }

  private Map<String, Set<String>> formerNames(Optional<SourceHead> source) {
    List<List<Field>> schemas = new ArrayList<>();
    for (int id : source.map(SourceHead::schemaIds).orElse(List.of())) {
      evolutions.rowSchema(id).map(RowSchema::fields).ifPresent(schemas::add);
    }
    return Origins.formerNames(schemas);
  }
}
