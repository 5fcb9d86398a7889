package dev.backlot.sink.iceberg;

import java.io.Serializable;

/** What a committer sends on: nothing, ever. */
final class NoOutput implements Serializable {
  private static final long serialVersionUID = 1L;

  private NoOutput() {}
}
