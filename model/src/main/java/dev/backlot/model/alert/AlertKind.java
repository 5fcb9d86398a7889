package dev.backlot.model.alert;

import java.time.Duration;
import java.util.Locale;

/** Every kind of alert that holds by default, with how long it holds before anybody is told. */
public enum AlertKind {
  /** A pipeline can't be deployed or may not go on as it is declared. */
  PIPELINE_BLOCKED(5),
  /** A pipeline runs on under the plan that it has, since a new one could not be brought about. */
  UPGRADE_FAILED(5),
  /** A pipeline's job does not run. */
  PIPELINE_FAILED(15),
  /** A pipeline's tables are further behind than they may be. */
  PIPELINE_LAG(15),
  /** Records wait in a dead-letter topic. */
  DEAD_LETTERS(5),
  /** A pipeline's job runs, but began again too often. */
  JOB_RESTARTING(0),
  /** A synthetic event did not arrive in time. */
  HEARTBEAT_SILENT(0),
  /** A table is proven to differ from its Sources. */
  AUDIT_DIFFERENCE(0),
  /** Rows lack values of a column, since giving them these failed. */
  BACKFILL_FAILED(0),
  /** Two queries that must agree have given different rows for too long. */
  QUERIES_DIFFER(0),
  /** A table shows what its pipeline's graph does not answer any more, or never did. */
  ENRICHMENT_DIFFERS(0),
  /** An audit can't run its queries. */
  QUERIES_NOT_COMPARED(30),
  /** Capture has stopped and needs a person. */
  CONNECTION_FAILED(5),
  /** Capture can't go on and keeps trying. */
  CONNECTION_RETRYING(20),
  /** The database lost the place from which capture reads. */
  SLOT_LOST(0),
  /** Capture runs, but lacks something without which it would not begin again. */
  PREREQUISITE_MISSING(5),
  /** A table of a connection is not captured. */
  TABLE_REFUSED(15),
  /** The database retains more log for us than it should. */
  WAL_OVER_ALERT(15),
  /** The database retains as much log for us as it may. */
  WAL_OVER_LIMIT(5),
  /** An endpoint that a pipeline asks does not answer. */
  ENDPOINT_UNREACHABLE(15),
  /** The process that captures and runs jobs does not answer. */
  DATA_PLANE_UNREACHABLE(20),
  /** Kafka does not answer. */
  KAFKA_UNREACHABLE(20),
  /** Nothing can be written where tables are stored. */
  WAREHOUSE_NOT_WRITABLE(5);

  private final Duration patience;

  AlertKind(int patienceSeconds) {
    this.patience = Duration.ofSeconds(patienceSeconds);
  }

  /** Returns how long it must hold without a pause before it becomes an incident. */
  public Duration patience() {
    return patience;
  }

  /** Returns the word that API and documents use. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
