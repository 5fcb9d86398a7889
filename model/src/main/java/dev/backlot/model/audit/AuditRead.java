package dev.backlot.model.audit;

import java.util.List;
import java.util.Optional;

/**
 * What an audit wants to know of a Source's rows in its database. Capture reads them in one
 * snapshot beside the log, and answers for the moment at which its topic held exactly what the
 * snapshot saw.
 *
 * @param fields columns of the Source that are compared, in the order of their digests
 * @param types their types, in the notation of the schema module's field types
 * @param predicate in the language of dumps' filters, over the Source's columns; empty for all rows
 * @param cursor where the audit goes on, as the answer before gave it; empty at the beginning
 * @param keys which rows, as texts that PostgreSQL reads, in key order; then there is no cursor
 * @param detail how much is told of each row
 * @param buckets into how many sums the rows are divided by their keys, at least 1
 * @param limit most rows of one answer, about
 * @param rowsPerSecond most rows read in a second; 0 for no limit
 */
public record AuditRead(
    List<String> fields,
    List<String> types,
    String predicate,
    Optional<String> cursor,
    Optional<List<List<String>>> keys,
    Detail detail,
    int buckets,
    int limit,
    long rowsPerSecond) {
  /** Copies what is mutable. */
  public AuditRead {
    fields = List.copyOf(fields);
    types = List.copyOf(types);
  }

  /** How much is told. */
  public enum Detail {
    /** A sum per bucket. */
    SUMS,
    /** A digest per key. */
    KEYS,
    /** Every value. */
    ROWS
  }
}
