package dev.backlot.studio;

import java.sql.SQLException;

/** One kind of thing that people at the studio do, as one transaction. */
@FunctionalInterface
interface Happening {
  /**
   * Does it once, somewhere. Neither commits nor rolls back.
   *
   * @return how many rows changed; 0 if there was nothing to do it to
   */
  int happen(Session session) throws SQLException;
}
