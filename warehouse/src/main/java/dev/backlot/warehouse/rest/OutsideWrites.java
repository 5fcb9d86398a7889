package dev.backlot.warehouse.rest;

import dev.backlot.model.ProblemException;
import dev.backlot.warehouse.TableName;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.apache.iceberg.MetadataUpdate;
import org.apache.iceberg.SnapshotRef;
import org.apache.iceberg.catalog.Namespace;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.exceptions.BadRequestException;
import org.apache.iceberg.exceptions.ForbiddenException;

/**
 * What clients of the REST catalog may change.
 *
 * <p>A table that a pipeline writes is its own checkpoint: foreign rows would stand in no Source's
 * mark, a foreign snapshot or expiry can lose the marks, and a foreign column shifts the ones that
 * the job writes by position. So only what touches none of these is let through: comments and other
 * free properties, statistics, tags. Its business view belongs to it. Everything else is the
 * client's own.
 */
final class OutsideWrites {
  /** Properties that steer writers, expiry or us. */
  private static final List<String> RESERVED =
      List.of("backlot.", "write.", "commit.", "history.", "gc.", "read.", "format-version");

  private final TableOwners owners;

  OutsideWrites(TableOwners owners) {
    this.owners = owners;
  }

  /** Refuses a name that none of our queries could name. */
  void checkName(Namespace namespace, String name) {
    try {
      if (namespace.length() != 1) {
        throw new BadRequestException(
            "Cannot use namespace '%s': the catalog's namespaces have one level.", namespace);
      }
      new TableName(namespace.level(0), name);
    } catch (ProblemException e) {
      throw new BadRequestException(e, "%s", e.problems().get(0).message());
    }
  }

  /** Refuses to create, replace, rename or drop what a pipeline owns. */
  void check(String verb, TableIdentifier table) {
    owner(table)
        .ifPresent(
            pipeline -> {
              throw refusal(
                  verb, table, pipeline, "Work on a copy, or change or delete the pipeline first.");
            });
  }

  /** Refuses changes of a table that its pipeline could stumble over. */
  void check(TableIdentifier table, List<MetadataUpdate> updates, Predicate<String> isTag) {
    Optional<String> pipeline = owner(table);
    if (pipeline.isEmpty()) {
      return;
    }
    for (MetadataUpdate update : updates) {
      if (!isHarmless(update, isTag)) {
        throw refusal(
            "change (" + update.getClass().getSimpleName() + ")",
            table,
            pipeline.get(),
            "Others may set comments, statistics and tags only; write a table of your own.");
      }
    }
  }

  private static boolean isHarmless(MetadataUpdate update, Predicate<String> isTag) {
    if (update instanceof MetadataUpdate.SetProperties properties) {
      return properties.updated().keySet().stream().allMatch(OutsideWrites::isFree);
    }
    if (update instanceof MetadataUpdate.RemoveProperties properties) {
      return properties.removed().stream().allMatch(OutsideWrites::isFree);
    }
    if (update instanceof MetadataUpdate.SetSnapshotRef reference) {
      return reference.type().equalsIgnoreCase("tag")
          && !reference.name().equals(SnapshotRef.MAIN_BRANCH);
    }
    if (update instanceof MetadataUpdate.RemoveSnapshotRef reference) {
      return isTag.test(reference.name());
    }
    return update instanceof MetadataUpdate.SetStatistics
        || update instanceof MetadataUpdate.RemoveStatistics
        || update instanceof MetadataUpdate.SetPartitionStatistics
        || update instanceof MetadataUpdate.RemovePartitionStatistics;
  }

  private static boolean isFree(String property) {
    return RESERVED.stream().noneMatch(property::startsWith);
  }

  /** Returns the pipeline that owns a table, or the table that a name would be the view of. */
  Optional<String> owner(TableIdentifier identifier) {
    if (identifier.namespace().length() != 1) {
      return Optional.empty();
    }
    try {
      String namespace = identifier.namespace().level(0);
      TableName table = new TableName(namespace, identifier.name());
      Optional<String> own = owners.pipelineOf(table);
      if (own.isEmpty() && identifier.name().endsWith(TableName.LATEST)) {
        int end = identifier.name().length() - TableName.LATEST.length();
        return owners.pipelineOf(new TableName(namespace, identifier.name().substring(0, end)));
      }
      return own;
    } catch (ProblemException e) {
      return Optional.empty();
    }
  }

  private static ForbiddenException refusal(
      String verb, TableIdentifier table, String pipeline, String next) {
    return new ForbiddenException(
        "Cannot %s '%s': it belongs to pipeline '%s'. %s", verb, table, pipeline, next);
  }
}
