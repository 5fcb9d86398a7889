package dev.backlot.model.source;

import java.util.regex.Pattern;

/**
 * Names of Sources that pipelines publish: one identifier without dots, so that none is ever that
 * of a captured table.
 */
public final class PublishedName {
  private static final Pattern PLAIN = Pattern.compile("[a-z][a-z0-9_]*");

  private PublishedName() {}

  /** Returns whether a Source of this name is published by a pipeline. */
  public static boolean is(String source) {
    return PLAIN.matcher(source).matches();
  }
}
