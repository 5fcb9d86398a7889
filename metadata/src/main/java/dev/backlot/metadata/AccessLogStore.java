package dev.backlot.metadata;

import java.util.Map;
import org.jdbi.v3.core.Jdbi;

/** Who changed what and who saw which data. Thread-safe. */
public final class AccessLogStore {
  private final Jdbi jdbi;

  AccessLogStore(Jdbi jdbi) {
    this.jdbi = jdbi;
  }

  /**
   * Something that was done, seen or refused.
   *
   * @param caller who
   * @param address from where; empty when from the platform itself
   * @param action one verb
   * @param owner the team whose thing it is about; empty when nobody's
   * @param outcome {@code done}, {@code refused} or {@code failed}
   * @param detail what else is known, without any secret
   */
  public record Entry(
      String caller,
      String address,
      String action,
      String kind,
      String name,
      String owner,
      String outcome,
      Map<String, Object> detail) {}

  /** Writes an entry; its time is the database's. */
  public void add(Entry entry) {
    jdbi.useHandle(
        handle ->
            handle.execute(
                "INSERT INTO access_log (caller, address, action, kind, name, owner, outcome,"
                    + " detail) VALUES (?, ?, ?, ?, ?, ?, ?, CAST(? AS jsonb))",
                entry.caller(),
                entry.address(),
                entry.action(),
                entry.kind(),
                entry.name(),
                entry.owner(),
                entry.outcome(),
                Json.write(entry.detail())));
  }
}
