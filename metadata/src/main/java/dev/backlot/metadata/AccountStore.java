package dev.backlot.metadata;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;

/** The people who may sign in. Thread-safe. */
public final class AccountStore {
  private final Jdbi jdbi;

  AccountStore(Jdbi jdbi) {
    this.jdbi = jdbi;
  }

  /** What an account may do, whose things are its own, and which tags it may see. */
  public record Rights(Set<String> roles, Set<String> teams, Set<String> clearances) {
    /** Copies the sets. */
    public Rights {
      roles = Set.copyOf(roles);
      teams = Set.copyOf(teams);
      clearances = Set.copyOf(clearances);
    }
  }

  /** Who an identity provider says that somebody is. */
  public record Identity(String issuer, String subject) {
    /** Of accounts that this platform keeps itself. */
    public static final Identity LOCAL = new Identity("", "");
  }

  /**
   * An account.
   *
   * @param fullName for people to read; may be empty
   * @param passwordHash empty when there is no password
   * @param disabled whether it can't sign in, whatever it knows
   */
  public record Account(
      String name,
      String fullName,
      Identity identity,
      String passwordHash,
      Rights rights,
      boolean disabled,
      Instant createdAt,
      Optional<Instant> signedInAt) {
    /** Returns whether this platform keeps it itself. */
    public boolean isLocal() {
      return identity.equals(Identity.LOCAL);
    }
  }

  /** Returns the word by which this installation is told from others on the same machine. */
  public String installation() {
    return jdbi.withHandle(
        handle -> handle.select("SELECT id FROM installation").mapTo(String.class).one());
  }

  /** Returns all accounts, by name. */
  public List<Account> list() {
    return jdbi.withHandle(
        handle ->
            handle
                .select("SELECT * FROM account ORDER BY name")
                .map((row, context) -> read(row))
                .list());
  }

  /** Returns the account of a name. */
  public Optional<Account> find(String name) {
    return jdbi.withHandle(
        handle ->
            handle
                .select("SELECT * FROM account WHERE name = ?", name)
                .map((row, context) -> read(row))
                .findOne());
  }

  /** Returns the account of one whom an identity provider knows. */
  public Optional<Account> find(Identity identity) {
    return jdbi.withHandle(
        handle ->
            handle
                .select(
                    "SELECT * FROM account WHERE issuer = ? AND subject = ? AND issuer <> ''",
                    identity.issuer(),
                    identity.subject())
                .map((row, context) -> read(row))
                .findOne());
  }

  /** Adds an account; returns false when its name is taken. */
  public boolean add(
      String name, String fullName, Identity identity, String passwordHash, Rights rights) {
    return jdbi.withHandle(handle -> add(handle, name, fullName, identity, passwordHash, rights));
  }

  /** Adds an account when there is none at all; returns whether it did. */
  public boolean addFirst(String name, Rights rights) {
    return jdbi.inTransaction(
        handle -> {
          handle.execute("LOCK TABLE account IN EXCLUSIVE MODE");
          boolean none =
              handle.select("SELECT 1 FROM account").mapTo(Integer.class).list().isEmpty();
          return none && add(handle, name, "", Identity.LOCAL, "", rights);
        });
  }

  private static boolean add(
      Handle handle,
      String name,
      String fullName,
      Identity identity,
      String passwordHash,
      Rights rights) {
    return handle.execute(
            """
            INSERT INTO account
              (name, full_name, issuer, subject, password_hash, roles, teams, clearances)
            VALUES (?, ?, ?, ?, ?, ?::text[], ?::text[], ?::text[])
            ON CONFLICT DO NOTHING
            """,
            name,
            fullName,
            identity.issuer(),
            identity.subject(),
            passwordHash,
            array(rights.roles()),
            array(rights.teams()),
            array(rights.clearances()))
        == 1;
  }

  /** Changes what an account may do; returns false when there is none. */
  public boolean change(String name, String fullName, Rights rights) {
    return jdbi.withHandle(
            handle ->
                handle.execute(
                    """
                    UPDATE account SET full_name = ?, roles = ?::text[], teams = ?::text[],
                      clearances = ?::text[], updated_at = now()
                    WHERE name = ?
                    """,
                    fullName,
                    array(rights.roles()),
                    array(rights.teams()),
                    array(rights.clearances()),
                    name))
        == 1;
  }

  /** Sets a password, and ends every session that was begun with the one before. */
  public boolean setPassword(String name, String passwordHash) {
    return jdbi.inTransaction(
        handle -> {
          handle.execute("DELETE FROM session WHERE account = ?", name);
          handle.execute("DELETE FROM sign_in_code WHERE account = ?", name);
          return handle.execute(
                  "UPDATE account SET password_hash = ?, updated_at = now() WHERE name = ?",
                  passwordHash,
                  name)
              == 1;
        });
  }

  /** Lets an account sign in or not; one that may not loses its sessions. */
  public boolean setDisabled(String name, boolean disabled) {
    return jdbi.inTransaction(
        handle -> {
          if (disabled) {
            handle.execute("DELETE FROM session WHERE account = ?", name);
            handle.execute("DELETE FROM sign_in_code WHERE account = ?", name);
          }
          return handle.execute(
                  "UPDATE account SET disabled = ?, updated_at = now() WHERE name = ?",
                  disabled,
                  name)
              == 1;
        });
  }

  /** Removes an account with its sessions and tokens. */
  public boolean remove(String name) {
    return jdbi.withHandle(handle -> handle.execute("DELETE FROM account WHERE name = ?", name))
        == 1;
  }

  static Account read(ResultSet row) throws SQLException {
    return new Account(
        row.getString("name"),
        row.getString("full_name"),
        new Identity(row.getString("issuer"), row.getString("subject")),
        row.getString("password_hash"),
        rights(row),
        row.getBoolean("disabled"),
        row.getTimestamp("created_at").toInstant(),
        Optional.ofNullable(row.getTimestamp("signed_in_at")).map(Timestamp::toInstant));
  }

  static Rights rights(ResultSet row) throws SQLException {
    return new Rights(set(row, "roles"), set(row, "teams"), set(row, "clearances"));
  }

  private static Set<String> set(ResultSet row, String column) throws SQLException {
    return Set.of((String[]) row.getArray(column).getArray());
  }

  /** Returns a set as PostgreSQL writes an array, whatever is in it. */
  static String array(Set<String> values) {
    StringBuilder text = new StringBuilder("{");
    for (String value : new TreeSet<>(values)) {
      text.append(text.length() == 1 ? "\"" : ",\"");
      text.append(value.replace("\\", "\\\\").replace("\"", "\\\"")).append('"');
    }
    return text.append('}').toString();
  }
}
