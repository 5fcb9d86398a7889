package dev.backlot.controller.blackbox;

import dev.backlot.controller.dataplane.DataPlane;
import dev.backlot.metadata.DocumentStore;
import dev.backlot.metadata.DocumentStore.StoredDocument;
import dev.backlot.model.ProblemCode;
import dev.backlot.model.ProblemException;
import dev.backlot.model.spec.AuditPolicy;
import dev.backlot.model.spec.AuditSpec;
import dev.backlot.model.spec.SpecKind;
import dev.backlot.quality.blackbox.Comparison;
import dev.backlot.quality.blackbox.Side;
import java.time.Duration;
import java.util.List;
import java.util.Set;

/** Two queries that must agree, as a document declares them. */
final class QueryAudit implements RepeatedAudit {
  private static final int QUERY_SECONDS = 600;

  private final AuditSpec spec;
  private final DocumentStore documents;
  private final DataPlane dataPlane;
  private final Side lake;
  private final KeyedDumps dumps;

  QueryAudit(
      AuditSpec spec, DocumentStore documents, DataPlane dataPlane, Side lake, KeyedDumps dumps) {
    this.spec = spec;
    this.documents = documents;
    this.dataPlane = dataPlane;
    this.lake = lake;
    this.dumps = dumps;
  }

  @Override
  public String name() {
    return spec.name();
  }

  @Override
  public Duration every() {
    return spec.every();
  }

  @Override
  public int looks() {
    return spec.looks();
  }

  @Override
  public Duration sla() {
    return spec.sla();
  }

  @Override
  public boolean repairsItself() {
    return spec.repair()
        .map(repair -> repair.policy() == AuditPolicy.Repair.AUTOMATIC)
        .orElse(false);
  }

  @Override
  public Found look(List<List<String>> suspects) {
    Comparison.Look look =
        new Comparison(spec.key(), QUERY_SECONDS)
            .look(
                side(spec.source()),
                spec.source().query(),
                side(spec.target()),
                spec.target().query());
    return new Found(
        look.columns(),
        look.sourceRows(),
        look.targetRows(),
        look.contrasts(),
        Set.of(),
        look.unseen(),
        true);
  }

  private Side side(AuditSpec.Side side) {
    if (side.connection().isEmpty()) {
      return lake;
    }
    String name = side.connection().get();
    StoredDocument connection =
        documents
            .find(SpecKind.CONNECTION, name)
            .orElseThrow(
                () ->
                    new ProblemException(
                        ProblemCode.NOT_FOUND,
                        "Cannot run the query in connection '"
                            + name
                            + "': there is none of this name. See `backlot get connections`."));
    return read -> dataPlane.query(connection.json(), read);
  }

  @Override
  public List<Long> repair(List<List<String>> keys) {
    AuditSpec.Repair repair =
        spec.repair()
            .orElseThrow(
                () ->
                    new ProblemException(
                        ProblemCode.NOT_ALLOWED_NOW,
                        "Cannot repair audit '"
                            + spec.name()
                            + "': it names no Source whose rows repair its target. Add 'repair:"
                            + " {source: …}' to it."));
    return List.of(dumps.request(repair.source(), keys));
  }
}
