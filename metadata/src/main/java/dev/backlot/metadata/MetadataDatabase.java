package dev.backlot.metadata;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.backlot.model.platform.PlatformConfig;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.jdbi.v3.core.Jdbi;

/**
 * The shared metadata database: migrated once, then reached through one pool. All times in it are
 * the database's own {@code now()}. Connections that die with the server are replaced by the pool,
 * so callers retry and need not reopen. Thread-safe.
 */
public final class MetadataDatabase implements AutoCloseable {
  private final HikariDataSource pool;
  private final Jdbi jdbi;

  private MetadataDatabase(HikariDataSource pool) {
    this.pool = pool;
    this.jdbi = Jdbi.create(pool);
  }

  /**
   * Migrates the database to this version's tables, under Flyway's lock when several processes
   * start at once, and opens a pool on it.
   *
   * @throws org.flywaydb.core.api.FlywayException when the database can't be reached or migrated
   */
  public static MetadataDatabase open(PlatformConfig.Database database) {
    HikariConfig config = new HikariConfig();
    config.setPoolName("backlot-metadata");
    config.setJdbcUrl(database.jdbcUrl());
    config.setUsername(database.user());
    config.setPassword(database.password());
    config.setMaximumPoolSize(10);
    config.setMinimumIdle(1);
    config.setConnectionTimeout(5_000);
    config.setValidationTimeout(2_000);
    config.setMaxLifetime(600_000);
    config.setInitializationFailTimeout(-1);
    config.addDataSourceProperty("ApplicationName", "backlot");
    config.addDataSourceProperty("tcpKeepAlive", "true");
    config.addDataSourceProperty("socketTimeout", "60");
    config.addDataSourceProperty("connectTimeout", "5");
    HikariDataSource pool = new HikariDataSource(config);
    try {
      Flyway.configure(MetadataDatabase.class.getClassLoader())
          .dataSource(pool)
          .locations("classpath:db/migration")
          .outOfOrder(true)
          .connectRetries(10)
          .connectRetriesInterval(1)
          .load()
          .migrate();
    } catch (RuntimeException e) {
      pool.close();
      throw e;
    }
    return new MetadataDatabase(pool);
  }

  /** Returns the handle factory; each handle is one pooled connection. */
  public Jdbi jdbi() {
    return jdbi;
  }

  /** Returns the pool. */
  public DataSource dataSource() {
    return pool;
  }

  /** Returns the store of audits of two queries. */
  public BlackBoxStore blackBoxAudits() {
    return new BlackBoxStore(jdbi);
  }

  /** Returns the store of Sources. */
  public SourceStore sources() {
    return new SourceStore(jdbi);
  }

  /** Returns which fields of Sources values have come from. */
  public OriginStore origins() {
    return new OriginStore(jdbi);
  }

  /** Returns the store of how captured tables looked. */
  public ShapeStore shapes() {
    return new ShapeStore(jdbi);
  }

  /** Returns the store of leases, statuses, progress and drains. */
  public CaptureStore captures() {
    return new CaptureStore(jdbi);
  }

  /** Returns the store of capture workers. */
  public WorkerStore workers() {
    return new WorkerStore(jdbi);
  }

  /** Returns the store of dumps. */
  public DumpStore dumps() {
    return new DumpStore(jdbi);
  }

  /** Returns the store of what audits ask of captured databases. */
  public AuditReadStore auditReads() {
    return new AuditReadStore(jdbi);
  }

  /** Returns the store of documents and their revisions. */
  public DocumentStore documents() {
    return new DocumentStore(jdbi);
  }

  /** Returns the store of drafts, and of documents as their authors wrote them. */
  public DraftStore drafts() {
    return new DraftStore(jdbi);
  }

  /** Returns the store of pipeline statuses and plans. */
  public PipelineStore pipelines() {
    return new PipelineStore(jdbi);
  }

  /** Returns the store of upgrades to plans for changed schemas. */
  public UpgradeStore upgrades() {
    return new UpgradeStore(jdbi);
  }

  /** Returns the store of table maintenance. */
  public MaintenanceStore maintenance() {
    return new MaintenanceStore(jdbi);
  }

  /** Returns the store of backfills. */
  public BackfillStore backfills() {
    return new BackfillStore(jdbi);
  }

  /** Returns the store of what audits have proven and found. */
  public AuditStore audits() {
    return new AuditStore(jdbi);
  }

  /** Returns the store of what endpoints said. */
  public EndpointStore endpoints() {
    return new EndpointStore(jdbi);
  }

  /** Returns the store of queries that users keep and have run. */
  public QueryStore queries() {
    return new QueryStore(jdbi);
  }

  /** Returns the store of incidents. */
  public IncidentStore incidents() {
    return new IncidentStore(jdbi);
  }

  /** Returns the store of what routes are told. */
  public DeliveryStore deliveries() {
    return new DeliveryStore(jdbi);
  }

  /** Returns a store of what was measured; a process that writes keeps one. */
  public HistoryStore history() {
    return new HistoryStore(jdbi);
  }

  /** Returns the store of heartbeats. */
  public HeartbeatStore heartbeats() {
    return new HeartbeatStore(jdbi);
  }

  /** Returns the store of people who may sign in. */
  public AccountStore accounts() {
    return new AccountStore(jdbi);
  }

  /** Returns the store of who is signed in. */
  public SessionStore sessions() {
    return new SessionStore(jdbi);
  }

  /** Returns the store of tokens. */
  public AccessTokenStore accessTokens() {
    return new AccessTokenStore(jdbi);
  }

  /** Returns the log of who did and saw what. */
  public AccessLogStore accessLog() {
    return new AccessLogStore(jdbi);
  }

  @Override
  public void close() {
    pool.close();
  }
}
