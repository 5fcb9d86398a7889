package dev.backlot.controller.route;

import dev.backlot.controller.route.Sender.SendException;
import dev.backlot.controller.web.ProblemAdvice;
import dev.backlot.metadata.DeliveryStore;
import dev.backlot.metadata.DeliveryStore.Delivery;
import dev.backlot.metadata.MetadataDatabase;
import dev.backlot.model.spec.RouteSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Delivers messages, each until its receiver takes it or a day is over, and a route's in order. A
 * receiver that hangs holds up only its own route. Every controller delivers; a message is one's
 * for a while, and another's when that one dies. So a receiver may get a message twice, under the
 * same identifier.
 */
public final class Messenger implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Messenger.class);
  private static final Duration PERIOD = Duration.ofSeconds(1);
  private static final Duration LEASE = Duration.ofSeconds(90);
  private static final Duration LONGEST_BACK_OFF = Duration.ofMinutes(5);
  private static final Duration PATIENCE = Duration.ofDays(1);
  private static final Duration KEPT = Duration.ofDays(30);
  private static final Duration TIDY = Duration.ofHours(1);
  private static final int AT_ONCE = 8;

  private final Routes routes;
  private final DeliveryStore deliveries;
  private final HttpSender http;
  private final EmailSender email;
  private final Thread thread = new Thread(this::run, "messenger");
  private final ExecutorService senders =
      Executors.newCachedThreadPool(
          task -> {
            Thread sender = new Thread(task, "message-sender");
            sender.setDaemon(true);
            return sender;
          });
  private long tidied = System.nanoTime();

  /** Prepares a messenger; {@link #start} sets it going. */
  public Messenger(MetadataDatabase metadata, RouteSecrets secrets) {
    this.routes = new Routes(metadata.documents());
    this.deliveries = metadata.deliveries();
    this.http = new HttpSender(secrets);
    this.email = new EmailSender(secrets);
  }

  /** Starts the one thread that looks for messages. */
  public void start() {
    thread.setDaemon(true);
    thread.start();
  }

  private void run() {
    while (!Thread.currentThread().isInterrupted()) {
      try {
        for (Delivery delivery : deliveries.claim(LEASE, AT_ONCE)) {
          senders.execute(() -> deliver(delivery));
        }
        if (System.nanoTime() - tidied > TIDY.toNanos()) {
          tidied = System.nanoTime();
          deliveries.forget(KEPT);
        }
      } catch (RuntimeException e) {
        if (ProblemAdvice.isMetadataFailure(e)) {
          LOG.debug("Cannot reach the metadata database, trying again", e);
        } else {
          LOG.error("Cannot look for messages, trying again", e);
        }
      }
      try {
        Thread.sleep(PERIOD.toMillis());
      } catch (InterruptedException e) {
        return;
      }
    }
  }

  private void deliver(Delivery delivery) {
    try {
      Optional<RouteSpec> route = routes.find(delivery.route());
      if (route.isEmpty()) {
        deliveries.giveUp(delivery.id(), "the route is not declared any more");
        return;
      }
      send(route.get(), Message.of(delivery));
      deliveries.delivered(delivery.id());
    } catch (SendException e) {
      LOG.warn(
          "Cannot deliver message {} by route '{}' at attempt {}: {}",
          delivery.id(),
          delivery.route(),
          delivery.attempts(),
          e.reason());
      failed(delivery, e.reason());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException e) {
      // it is due again when its claim is over
      LOG.warn("Cannot deliver message {} by route '{}'", delivery.id(), delivery.route(), e);
    }
  }

  private void failed(Delivery delivery, String reason) {
    if (delivery.createdAt().plus(PATIENCE).isBefore(Instant.now())) {
      deliveries.giveUp(delivery.id(), reason);
    } else {
      deliveries.retry(delivery.id(), reason, backOff(delivery.attempts()));
    }
  }

  /** Returns 1, 2, 4 … 300 seconds. */
  static Duration backOff(int attempts) {
    Duration delay = Duration.ofSeconds(1L << Math.min(Math.max(attempts - 1, 0), 10));
    return delay.compareTo(LONGEST_BACK_OFF) > 0 ? LONGEST_BACK_OFF : delay;
  }

  /** Sends a message once and returns what the receiver said. */
  String send(RouteSpec route, Message message) throws SendException, InterruptedException {
    Sender sender = route.target().type() == RouteSpec.Type.EMAIL ? email : http;
    return sender.send(route, message);
  }

  @Override
  public void close() {
    thread.interrupt();
    senders.shutdownNow();
  }
}
