package dev.backlot.capture.postgres.catalog;

import dev.backlot.metadata.ShapeStore.KnownColumn;
import dev.backlot.metadata.ShapeStore.KnownShape;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What a change of a table did to the rows that it had. The log tells changes of rows only: values
 * that a column's default or another type gave to all rows at once are not in it, nor that a name
 * stands for another column now, which readers know by its name.
 */
public final class ShapeChange {
  private static final long TEXT = 25;
  private static final long VARCHAR = 1043;

  private ShapeChange() {}

  /**
   * Returns which column has other values now in rows that did not change, as a clause, or nothing
   * when all is as the log told it.
   */
  public static Optional<String> untold(KnownShape before, KnownShape now) {
    boolean rewritten = !before.storage().equals(now.storage());
    Map<Integer, KnownColumn> known = new HashMap<>();
    Set<String> taken = new HashSet<>(before.formerNames());
    before
        .columns()
        .forEach(
            column -> {
              known.put(column.number(), column);
              taken.add(column.name());
            });
    for (KnownColumn column : now.columns()) {
      KnownColumn earlier = known.get(column.number());
      String subject = "column " + SqlText.readable(column.name());
      if ((earlier == null || !earlier.name().equals(column.name()))
          && taken.contains(column.name())) {
        return Optional.of(subject + " has the name that another one had");
      }
      if (earlier == null) {
        if (column.number() <= before.highest()) {
          return Optional.of(subject + " is no longer generated");
        }
        if (column.hasMissing() || (rewritten && column.hasDefault())) {
          return Optional.of(subject + " was added with values for the rows that there were");
        }
      } else if (isOther(earlier, column, rewritten)) {
        return Optional.of(subject + " has another type");
      }
    }
    return Optional.empty();
  }

  private static boolean isOther(KnownColumn earlier, KnownColumn now, boolean rewritten) {
    if (earlier.type() == now.type()) {
      return rewritten && earlier.modifier() != now.modifier();
    }
    return rewritten || !isPlainText(earlier.type()) || !isPlainText(now.type());
  }

  private static boolean isPlainText(long type) {
    return type == TEXT || type == VARCHAR;
  }
}
