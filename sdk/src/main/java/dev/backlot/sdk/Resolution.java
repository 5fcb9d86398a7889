package dev.backlot.sdk;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What came of looking up what a config names outside its pipeline. */
public sealed interface Resolution {
  /** Everything was found: a config that needs nothing else, as plain JSON values. */
  record Resolved(Map<String, Object> config) implements Resolution {
    /** Copies what is mutable, keeping order. */
    public Resolved {
      config = Collections.unmodifiableMap(new LinkedHashMap<>(config));
    }
  }

  /** Something is wrong; everything that was found. */
  record Refused(List<Finding> findings) implements Resolution {
    /** Copies what is mutable. */
    public Refused {
      findings = List.copyOf(findings);
    }
  }
}
