package dev.backlot.registry;

import java.util.Optional;

/** Knows which subjects the platform itself needs. Called from any thread. */
@FunctionalInterface
public interface SubjectUse {
  /** Returns who needs a subject, such as {@code Source 'studio.public.movie'}. */
  Optional<String> userOf(String subject);
}
