package dev.backlot.controller.document;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What differs between two documents, field by field. */
public final class Difference {
  private Difference() {}

  /**
   * Lists differences as {@code {path, before, after}}, without {@code before} where something was
   * added and without {@code after} where it was removed. Elements of lists that have ids are
   * matched by id.
   */
  public static List<Map<String, Object>> between(@Nullable Object before, @Nullable Object after) {
    List<Map<String, Object>> changes = new ArrayList<>();
    compare("", before, after, changes);
    return changes;
  }

  private static void compare(
      String path,
      @Nullable Object before,
      @Nullable Object after,
      List<Map<String, Object>> changes) {
    if (before instanceof List<?> a && after instanceof List<?> b && haveIds(a) && haveIds(b)) {
      compareMaps(path, byId(a), byId(b), changes);
    } else if (before instanceof Map<?, ?> a && after instanceof Map<?, ?> b) {
      compareMaps(path, a, b, changes);
    } else if (before == null ? after != null : !before.equals(after)) {
      Map<String, Object> change = new LinkedHashMap<>();
      change.put("path", path);
      if (before != null) {
        change.put("before", before);
      }
      if (after != null) {
        change.put("after", after);
      }
      changes.add(change);
    }
  }

  private static void compareMaps(
      String path, Map<?, ?> before, Map<?, ?> after, List<Map<String, Object>> changes) {
    Set<Object> keys = new LinkedHashSet<>(before.keySet());
    keys.addAll(after.keySet());
    for (Object key : keys) {
      compare(
          path.isEmpty() ? "" + key : path + "." + key, before.get(key), after.get(key), changes);
    }
  }

  private static boolean haveIds(List<?> list) {
    return !list.isEmpty()
        && list.stream()
            .allMatch(element -> element instanceof Map<?, ?> map && map.containsKey("id"));
  }

  private static Map<Object, Object> byId(List<?> list) {
    Map<Object, Object> map = new LinkedHashMap<>();
    for (Object element : list) {
      if (element instanceof Map<?, ?> step) {
        map.put(String.valueOf(step.get("id")), step);
      }
    }
    return map;
  }
}
