package dev.backlot.registry;

import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * A record of the schemas topic.
 *
 * <p>One with a basis holds only if nothing that its writer had to consider was changed between
 * that offset, up to which the writer had read, and the record: its subject, the subjects that it
 * refers to, and the settings of all subjects. Every reader decides this alike, so that of two
 * writers at once one has to look again.
 */
sealed interface SchemaRecord {
  /** A subject gets a version, unless it has this content already. */
  record Registration(
      String subject, String avro, List<SchemaReference> references, OptionalLong basis)
      implements SchemaRecord {
    public Registration {
      references = List.copyOf(references);
    }
  }

  /** The level of a subject, or of all without a subject; no level takes the setting back. */
  record LevelSetting(Optional<String> subject, Optional<CompatibilityLevel> level)
      implements SchemaRecord {}

  /** The mode of a subject, or of all without a subject; no mode takes the setting back. */
  record ModeSetting(Optional<String> subject, Optional<SubjectMode> mode)
      implements SchemaRecord {}

  /**
   * A version goes, or all of them without a version: out of sight, or for good when permanent.
   * Settings of the subject go with all of its versions.
   */
  record Deletion(String subject, Optional<Integer> version, boolean permanent, long basis)
      implements SchemaRecord {}
}
