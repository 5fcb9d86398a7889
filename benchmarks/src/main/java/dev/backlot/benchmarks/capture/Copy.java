package dev.backlot.benchmarks.capture;

import dev.backlot.benchmarks.server.CpuTime;
import dev.backlot.benchmarks.server.Servers;
import dev.backlot.benchmarks.server.Spent;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.sql.Connection;
import java.sql.SQLException;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyOut;

/** The limit of every snapshot: the table by binary COPY, over the socket, and dropped. */
public final class Copy {
  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

  private Copy() {}

  /** Reads the table once, from the statement to the last byte. */
  public static void measure(Servers servers, Shape shape, int rows, Side side)
      throws SQLException, IOException {
    try (Connection connection = servers.postgres().connect(shape.database())) {
      long cpu = THREADS.getCurrentThreadCpuTime();
      long postgres = CpuTime.micros(servers.postgres().process());
      long begin = System.nanoTime();
      CopyOut copy =
          connection
              .unwrap(PGConnection.class)
              .getCopyAPI()
              .copyOut("COPY item TO STDOUT (FORMAT binary)");
      long bytes = 0;
      for (byte[] part = copy.readFromCopy(); part != null; part = copy.readFromCopy()) {
        bytes += part.length;
      }
      long nanos = System.nanoTime() - begin;
      if (copy.getHandledRowCount() != rows || bytes == 0) {
        throw new IllegalStateException("COPY gave " + copy.getHandledRowCount() + " rows");
      }
      side.add(
          rows,
          nanos,
          new Spent(
              (THREADS.getCurrentThreadCpuTime() - cpu) / 1_000,
              CpuTime.micros(servers.postgres().process()) - postgres,
              0));
    }
  }
}
