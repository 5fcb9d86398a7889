package dev.backlot.server.dataplane;

import java.io.IOException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Ends this process when the one that started it is gone: its end of our standard input closes. */
final class ParentWatch {
  private static final Logger LOG = LoggerFactory.getLogger(ParentWatch.class);

  private ParentWatch() {}

  static void start() {
    Thread thread =
        new Thread(
            () -> {
              try {
                while (System.in.read() >= 0) {
                  // Nothing is ever said there; only the end counts.
                }
              } catch (IOException e) {
                LOG.warn("Standard input failed", e);
              }
              LOG.info("The supervisor is gone; ending");
              System.exit(0);
            },
            "parent-watch");
    thread.setDaemon(true);
    thread.start();
  }
}
