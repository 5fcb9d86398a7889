package dev.backlot.controller.incident;

import dev.backlot.model.platform.PlatformConfig;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.jspecify.annotations.Nullable;

/** Asks Kafka whether it is there. Run by one thread; the answer is for any. */
final class KafkaProbe implements Runnable, AutoCloseable {
  private static final int PATIENCE_MILLIS = 4_000;

  private final Map<String, Object> settings;
  private volatile String refusal = "";
  private @Nullable Admin admin;

  KafkaProbe(PlatformConfig config) {
    settings = new HashMap<>(config.kafkaProperties());
    settings.put(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, config.bootstrapServers());
    settings.put(AdminClientConfig.CLIENT_ID_CONFIG, "backlot-controller-probe");
    settings.put(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, PATIENCE_MILLIS);
    settings.put(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, PATIENCE_MILLIS);
    settings.put(AdminClientConfig.RECONNECT_BACKOFF_MAX_MS_CONFIG, 2_000);
  }

  /** Returns why Kafka can't be used, a clause; empty when it answered last. */
  Optional<String> refusal() {
    return Optional.of(refusal).filter(text -> !text.isEmpty());
  }

  @Override
  public synchronized void run() {
    try {
      Admin client = admin;
      if (client == null) {
        client = Admin.create(settings);
        admin = client;
      }
      client.describeCluster().clusterId().get(PATIENCE_MILLIS + 1_000L, TimeUnit.MILLISECONDS);
      refusal = "";
    } catch (ExecutionException | TimeoutException e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      refusal = cause.getClass().getSimpleName();
    } catch (RuntimeException e) {
      refusal = e.getClass().getSimpleName();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public synchronized void close() {
    if (admin != null) {
      admin.close(java.time.Duration.ofSeconds(1));
    }
  }
}
