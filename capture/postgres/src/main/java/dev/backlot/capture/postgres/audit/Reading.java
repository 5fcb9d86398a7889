package dev.backlot.capture.postgres.audit;

import dev.backlot.capture.postgres.catalog.Snapshot;
import dev.backlot.model.audit.AuditAnswer;
import java.util.Optional;

/**
 * Rows that were read in one snapshot.
 *
 * @param scope which keys were read
 * @param next where the audit goes on; empty when this was the last part
 * @param rowsRead how many rows the database gave
 */
record Reading(
    Snapshot snapshot,
    ComparedTable table,
    AuditAnswer.Scope scope,
    Optional<String> next,
    ReadRows rows,
    long rowsRead) {}
