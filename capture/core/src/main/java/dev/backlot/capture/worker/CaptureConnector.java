package dev.backlot.capture.worker;

import dev.backlot.capture.secret.Secrets;
import dev.backlot.model.spec.ConnectionSpec;
import java.util.Map;

/**
 * Captures the databases of some type. Found by {@link java.util.ServiceLoader}; one object serves
 * all connections, from several threads.
 */
public interface CaptureConnector {
  /** Returns whether this connector knows such databases. */
  boolean captures(ConnectionSpec.Type type);

  /**
   * Captures a connection, and returns soon after {@link CaptureSession#stopRequested}. The calling
   * thread is the capture's own.
   *
   * @throws dev.backlot.model.ProblemException when something outside is not as needed; it is tried
   *     again after a while
   * @throws Exception when the connection to a server is lost or the like; likewise
   */
  void run(CaptureSession session) throws Exception;

  /**
   * Looks after what a source database keeps for a capture that does not run now, within the
   * document's budget.
   *
   * @return what a status shows of it, values that JSON knows
   * @throws Exception when the database can't be asked
   */
  Map<String, Object> watch(ConnectionSpec connection, Secrets secrets) throws Exception;

  /** Removes from the source database what capture has made there; nothing there is no error. */
  void remove(ConnectionSpec connection, Secrets secrets) throws Exception;
}
