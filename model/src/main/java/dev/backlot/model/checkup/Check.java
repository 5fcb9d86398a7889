package dev.backlot.model.checkup;

/** What is checked before a database is captured, in the order in which it is checked. */
public enum Check {
  /** The references to password and certificates lead to something. */
  SECRET("Secrets are there"),
  /** The server answers at its address. */
  REACH("Server answers"),
  /** Encryption is agreed upon as the document asks for. */
  ENCRYPTION("Encryption"),
  /** The server lets the user in, to this database. */
  LOGIN("Login"),
  /** The server is new enough. */
  VERSION("Version"),
  /** The server is a primary. */
  PRIMARY("Primary server"),
  /** The log tells changes of rows. */
  WAL_LEVEL("Log level (wal_level)"),
  /** The user may read the log. */
  REPLICATION_RIGHT("Right to replicate"),
  /** The slot is free, or ours. */
  SLOT("Replication slot"),
  /** One more reader of the log is let in. */
  SENDER("Log sender (max_wal_senders)"),
  /** The user may call what capture calls. */
  FUNCTIONS("Functions"),
  /** The user may publish, and a publication that is there tells everything. */
  PUBLICATION("Publication"),
  /** The log that the server keeps for a capture that is down is bounded. */
  RETENTION("Log limit (max_slot_wal_keep_size)"),
  /** Other settings that a careful owner changes. */
  SETTINGS("Other settings"),
  /** The tables can be listed. */
  TABLES("Tables");

  private final String title;

  Check(String title) {
    this.title = title;
  }

  /** Returns its name for people. */
  public String title() {
    return title;
  }
}
