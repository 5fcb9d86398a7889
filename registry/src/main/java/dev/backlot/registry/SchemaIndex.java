package dev.backlot.registry;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the records of the schemas topic mean, in their order. Lent by {@link SchemaStore#read} for
 * as long as that call lasts; what it returns may be kept.
 */
public final class SchemaIndex {
  private static final Logger LOG = LoggerFactory.getLogger(SchemaIndex.class);

  /** What has an id. */
  private record Content(String avro, List<SchemaReference> references) {}

  private final Map<Content, Integer> idByContent = new HashMap<>();
  private final NavigableMap<Integer, Content> contentById = new TreeMap<>();
  private final NavigableMap<String, List<RegisteredSchema>> bySubject = new TreeMap<>();
  private final Map<Integer, Integer> versionsById = new HashMap<>();
  private final Map<String, CompatibilityLevel> levels = new HashMap<>();
  private final Map<String, SubjectMode> modes = new HashMap<>();
  private final Map<String, Long> changed = new HashMap<>();
  private final Set<Long> withoutEffect = new HashSet<>();
  private final Map<Integer, Content> canonicalById = new HashMap<>();
  private final Map<Content, Content> firstByCanonical = new HashMap<>();
  private int canonicalUpTo;
  private long settingsChanged = -1;
  private @Nullable CompatibilityLevel level;
  private @Nullable SubjectMode mode;

  SchemaIndex() {}

  void add(long offset, byte @Nullable [] key, byte @Nullable [] value) {
    try {
      SchemaRecordFormat.read(key, value)
          .ifPresent(
              record -> {
                if (!apply(offset, record)) {
                  withoutEffect.add(offset);
                }
              });
    } catch (RuntimeException e) {
      LOG.warn("The schemas topic's record at {} is not one of ours and is left out", offset, e);
    }
  }

  private boolean apply(long offset, SchemaRecord record) {
    if (record instanceof SchemaRecord.Registration registration) {
      return register(offset, registration);
    } else if (record instanceof SchemaRecord.Deletion deletion) {
      return delete(offset, deletion);
    } else if (record instanceof SchemaRecord.LevelSetting setting) {
      if (setting.subject().isEmpty()) {
        level = setting.level().orElse(null);
      } else {
        put(levels, setting.subject().get(), setting.level());
      }
      noteSetting(offset, setting.subject());
    } else if (record instanceof SchemaRecord.ModeSetting setting) {
      if (setting.subject().isEmpty()) {
        mode = setting.mode().orElse(null);
      } else {
        put(modes, setting.subject().get(), setting.mode());
      }
      noteSetting(offset, setting.subject());
    }
    return true;
  }

  private static <T> void put(Map<String, T> map, String subject, Optional<T> value) {
    value.ifPresentOrElse(given -> map.put(subject, given), () -> map.remove(subject));
  }

  private void noteSetting(long offset, Optional<String> subject) {
    if (subject.isPresent()) {
      changed.put(subject.get(), offset);
    } else {
      settingsChanged = offset;
    }
  }

  private boolean register(long offset, SchemaRecord.Registration registration) {
    String subject = registration.subject();
    if (registration.basis().isPresent()) {
      long basis = registration.basis().getAsLong();
      if (isChangedSince(basis, subject)
          || registration.references().stream()
              .anyMatch(reference -> isChangedSince(basis, reference.subject()))) {
        return false;
      }
    }
    Content content = new Content(registration.avro(), registration.references());
    int id = idByContent.computeIfAbsent(content, unused -> Math.toIntExact(offset + 1));
    contentById.putIfAbsent(id, content);
    if (versions(subject).stream().anyMatch(version -> version.id() == id)) {
      return true;
    }
    List<RegisteredSchema> versions =
        bySubject.computeIfAbsent(subject, unused -> new ArrayList<>());
    int version = versions.isEmpty() ? 1 : versions.get(versions.size() - 1).version() + 1;
    versions.add(
        new RegisteredSchema(subject, version, id, content.avro(), content.references(), false));
    versionsById.merge(id, 1, Integer::sum);
    changed.put(subject, offset);
    registration.references().forEach(reference -> changed.put(reference.subject(), offset));
    return true;
  }

  private boolean delete(long offset, SchemaRecord.Deletion deletion) {
    String subject = deletion.subject();
    if (isChangedSince(deletion.basis(), subject)) {
      return false;
    }
    Predicate<RegisteredSchema> meant =
        version -> deletion.version().map(number -> number == version.version()).orElse(true);
    List<RegisteredSchema> versions = bySubject.getOrDefault(subject, new ArrayList<>());
    if (deletion.permanent()) {
      versions.stream()
          .filter(meant)
          .forEach(version -> versionsById.merge(version.id(), -1, Integer::sum));
      versions.removeIf(meant);
    } else {
      versions.replaceAll(version -> meant.test(version) ? version.asDeleted() : version);
    }
    if (versions.isEmpty()) {
      bySubject.remove(subject);
    }
    if (deletion.version().isEmpty()) {
      levels.remove(subject);
      modes.remove(subject);
    }
    changed.put(subject, offset);
    return true;
  }

  private boolean isChangedSince(long basis, String subject) {
    return settingsChanged >= basis || changed.getOrDefault(subject, -1L) >= basis;
  }

  /** Returns whether a record that was appended at this offset changed anything. */
  boolean isEffective(long offset) {
    return !withoutEffect.contains(offset);
  }

  /** Returns the content of an id, though its last version may be deleted for good. */
  Optional<String> avroOf(int id) {
    return Optional.ofNullable(contentById.get(id)).map(Content::avro);
  }

  /** Returns a version that has this id, one that is not deleted before one that is. */
  public Optional<RegisteredSchema> byId(int id) {
    if (versionsById.getOrDefault(id, 0) == 0) {
      return Optional.empty();
    }
    List<RegisteredSchema> uses = uses(id);
    return uses.stream()
        .filter(use -> !use.deleted())
        .findFirst()
        .or(() -> uses.stream().findFirst());
  }

  /** Returns the highest id there is; zero before the first. */
  public int highestId() {
    return contentById.isEmpty() ? 0 : contentById.lastKey();
  }

  /** Returns a subject's versions, oldest first; none when it is unknown or deleted. */
  public List<RegisteredSchema> versions(String subject) {
    return versionsEvenDeleted(subject).stream().filter(version -> !version.deleted()).toList();
  }

  /** Returns a subject's versions, oldest first, those softly deleted among them. */
  public List<RegisteredSchema> versionsEvenDeleted(String subject) {
    return List.copyOf(bySubject.getOrDefault(subject, List.of()));
  }

  /** Returns the newest version of a subject. */
  public Optional<RegisteredSchema> latest(String subject) {
    List<RegisteredSchema> versions = versions(subject);
    return versions.isEmpty() ? Optional.empty() : Optional.of(versions.get(versions.size() - 1));
  }

  /** Returns the versions that have this id, those softly deleted among them. */
  public List<RegisteredSchema> uses(int id) {
    return bySubject.values().stream()
        .flatMap(List::stream)
        .filter(version -> version.id() == id)
        .toList();
  }

  /** Returns the versions that refer to a version, those softly deleted among them. */
  public List<RegisteredSchema> referrers(String subject, int version) {
    return bySubject.values().stream()
        .flatMap(List::stream)
        .filter(
            other ->
                other.references().stream()
                    .anyMatch(
                        reference ->
                            reference.subject().equals(subject) && reference.version() == version))
        .toList();
  }

  /** Returns the names of subjects that have a version. */
  public SortedSet<String> subjects() {
    SortedSet<String> subjects = new TreeSet<>(bySubject.keySet());
    subjects.removeIf(subject -> versions(subject).isEmpty());
    return subjects;
  }

  /** Returns the names of subjects, those of which all versions are softly deleted among them. */
  public SortedSet<String> subjectsEvenDeleted() {
    return new TreeSet<>(bySubject.keySet());
  }

  /** Returns the level that somebody set for the subject itself. */
  public Optional<CompatibilityLevel> ownLevel(String subject) {
    return Optional.ofNullable(levels.get(subject));
  }

  /** Returns the level of subjects that have none of their own. */
  public CompatibilityLevel commonLevel() {
    return level == null ? CompatibilityLevel.DEFAULT : level;
  }

  /** Returns the level that holds for a subject. */
  public CompatibilityLevel level(String subject) {
    return levels.getOrDefault(subject, commonLevel());
  }

  /** Returns the mode that somebody set for the subject itself. */
  public Optional<SubjectMode> ownMode(String subject) {
    return Optional.ofNullable(modes.get(subject));
  }

  /** Returns the mode of subjects that have none of their own. */
  public SubjectMode commonMode() {
    return mode == null ? SubjectMode.DEFAULT : mode;
  }

  /** Returns the mode that holds for a subject. */
  public SubjectMode mode(String subject) {
    return modes.getOrDefault(subject, commonMode());
  }

  /** Returns the newest of these versions that means the same as a schema, as Avro reads it. */
  Optional<RegisteredSchema> find(List<RegisteredSchema> versions, SchemaText schema) {
    Content wanted = canonical(new Content(schema.avro(), schema.references()));
    return versions.stream()
        .filter(
            version ->
                canonicalById
                    .computeIfAbsent(
                        version.id(),
                        unused -> canonical(new Content(version.avro(), version.references())))
                    .equals(wanted))
        .reduce((older, newer) -> newer);
  }

  /** Returns the text under which a schema that means the same has an id already, or its own. */
  String knownText(SchemaText schema) {
    for (Map.Entry<Integer, Content> entry : contentById.tailMap(canonicalUpTo, false).entrySet()) {
      firstByCanonical.putIfAbsent(
          canonicalById.computeIfAbsent(entry.getKey(), unused -> canonical(entry.getValue())),
          entry.getValue());
      canonicalUpTo = entry.getKey();
    }
    Content known =
        firstByCanonical.get(canonical(new Content(schema.avro(), schema.references())));
    return known == null ? schema.avro() : known.avro();
  }

  private static Content canonical(Content content) {
    return new Content(SchemaText.canonical(content.avro()), content.references());
  }
}
