package dev.backlot.controller.catalog;

import java.util.Map;

/**
 * One thing as {@code get} shows it.
 *
 * @param kind such as {@code Pipeline}
 * @param spec what was declared or found
 * @param status what it is doing: at least {@code state} and {@code reason}
 */
public record Item(String kind, String name, Map<String, Object> spec, Map<String, Object> status) {
  /** Returns the word for what it is doing. */
  public String state() {
    return String.valueOf(status.get("state"));
  }
}
