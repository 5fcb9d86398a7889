package dev.backlot.studio;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

/**
 * What happens at the studio, one transaction after the other. The same data, seed and clock give
 * the same transactions. Not thread-safe.
 */
final class Workload {
  private static final List<Weighted> HAPPENINGS =
      List.of(
          new Weighted(2, ProductionOffice::greenlight),
          new Weighted(4, ProductionOffice::advance),
          new Weighted(1, ProductionOffice::cancel),
          new Weighted(1, ProductionOffice::revive),
          new Weighted(2, ProductionOffice::sellRights),
          new Weighted(22, ProductionOffice::reportNumbers),
          new Weighted(5, ProductionOffice::rethink),
          new Weighted(9, CalendarDesk::slip),
          new Weighted(14, CalendarDesk::rewriteCallSheet),
          new Weighted(6, CalendarDesk::wrapDay),
          new Weighted(3, CalendarDesk::handOver),
          new Weighted(2, CalendarDesk::lendDay),
          new Weighted(4, CalendarDesk::orderReshoot),
          new Weighted(5, CalendarDesk::moveReshoot),
          new Weighted(3, CalendarDesk::dropReshoot),
          new Weighted(9, BusinessAffairs::draft),
          new Weighted(10, BusinessAffairs::send),
          new Weighted(14, BusinessAffairs::haggle),
          new Weighted(9, BusinessAffairs::sign),
          new Weighted(4, BusinessAffairs::withdraw),
          new Weighted(3, BusinessAffairs::recast),
          new Weighted(6, BusinessAffairs::raise),
          new Weighted(4, BusinessAffairs::changeAgent),
          new Weighted(2, BusinessAffairs::discover),
          new Weighted(8, Accounts::request),
          new Weighted(6, Accounts::approve),
          new Weighted(5, Accounts::pay),
          new Weighted(4, Accounts::mark),
          new Weighted(1, Accounts::takeOver));

  private final Clock clock;
  private final RandomGenerator random;
  private final Words words = Words.load();
  private final Invention invention;
  private final List<Happening> wheel = new ArrayList<>();

  Workload(long seed, Clock clock) {
    this.clock = clock;
    this.random = new SplittableRandom(seed);
    this.invention = new Invention(words, random);
    for (Weighted weighted : HAPPENINGS) {
      for (int i = 0; i < weighted.weight(); i++) {
        wheel.add(weighted.happening());
      }
    }
  }

  /**
   * One transaction, committed.
   *
   * @param connection without automatic commit; rolled back if this throws
   * @return how many rows it changed; 0 if what chance chose had nothing to work on
   */
  int step(Connection connection) throws SQLException {
    Happening happening = wheel.get(random.nextInt(wheel.size()));
    try {
      Session session = new Session(connection, clock.instant(), random, words, invention);
      int changed = happening.happen(session);
      connection.commit();
      return changed;
    } catch (SQLException e) {
      rollBack(connection, e);
      throw e;
    }
  }

  private static void rollBack(Connection connection, SQLException cause) {
    try {
      connection.rollback();
    } catch (SQLException e) {
      cause.addSuppressed(e);
    }
  }

  /** How often something happens, relative to all else. */
  private record Weighted(int weight, Happening happening) {}
}
