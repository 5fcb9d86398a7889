package dev.backlot.controller.search;

import dev.backlot.controller.document.Descriptions;
import dev.backlot.controller.lineage.Lineages;
import dev.backlot.controller.mask.Masks;
import dev.backlot.controller.table.Lake;
import dev.backlot.metadata.MetadataDatabase;
import dev.backlot.metadata.PipelineStore.Status;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps an index of the catalog that is as new as the last look, at most half a second before a
 * question; a large catalog that has just changed is answered from the index before for as long as
 * the new one is made. Thread-safe.
 */
public final class CatalogSearch implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(CatalogSearch.class);
  private static final long FRESH_NANOS = 500_000_000L;
  private static final long PATIENCE_MILLIS = 300;

  private final MetadataDatabase metadata;
  private final Entries entries;
  private final ExecutorService worker =
      Executors.newSingleThreadExecutor(
          task -> {
            Thread thread = new Thread(task, "catalog-search");
            thread.setDaemon(true);
            return thread;
          });
  private volatile @Nullable Index index;
  private @Nullable Future<?> refreshing;
  private long lookedAt;
  private String version = "";

  /** Indexes what these say. */
  public CatalogSearch(
      MetadataDatabase metadata,
      Descriptions descriptions,
      Lineages lineages,
      Masks masks,
      Lake lake) {
    this.metadata = metadata;
    this.entries = new Entries(metadata, descriptions, lineages, masks, lake);
  }

  /** Returns the index; the first caller waits until there is one. */
  Index index() {
    Future<?> look = look();
    try {
      if (index == null) {
        look.get();
      } else {
        look.get(PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
      }
    } catch (TimeoutException e) {
      LOG.debug("The index is still being made anew", e);
    } catch (ExecutionException e) {
      if (index == null && e.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      LOG.debug("Cannot make the index anew", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    Index made = index;
    return made == null ? new Index(List.of()) : made;
  }

  private synchronized Future<?> look() {
    Future<?> running = refreshing;
    boolean stale = System.nanoTime() - lookedAt > FRESH_NANOS;
    if (running == null || (running.isDone() && (stale || index == null))) {
      running = worker.submit(this::refresh);
      refreshing = running;
    }
    return running;
  }

  private void refresh() {
    String now = version();
    if (index == null || !now.equals(version)) {
      index = new Index(entries.collect());
      version = now;
    }
    synchronized (this) {
      lookedAt = System.nanoTime();
    }
  }

  private String version() {
    StringBuilder text = new StringBuilder(metadata.origins().version());
    for (Status status : metadata.pipelines().list()) {
      text.append('|').append(status.planHash()).append(status.state());
    }
    return text.toString();
  }

  @Override
  public void close() {
    worker.shutdownNow();
  }
}
