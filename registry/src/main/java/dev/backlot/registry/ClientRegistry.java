package dev.backlot.registry;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;

/**
 * What clients may do with subjects: they register under the subject's level and mode, and delete
 * what nobody needs. Changes are decided on one state of the topic and hold only if nobody changed
 * that state meanwhile; otherwise they are decided anew. Thread-safe.
 *
 * <p>Refuses with {@link RefusedException}; fails as {@link SchemaStore} does when Kafka is away.
 */
public final class ClientRegistry {
  private static final List<String> RESERVED = List.of("__GLOBAL", "__EMPTY");

  private final SchemaStore store;
  private final SubjectUse use;

  /** Keeps the rules over this store, which stays the caller's to close. */
  public ClientRegistry(SchemaStore store, SubjectUse use) {
    this.store = store;
    this.use = use;
  }

  /** Returns what there is, without rules; see {@link SchemaStore#read}. */
  public <T> T read(Function<SchemaIndex, T> reading) {
    return store.read(reading);
  }

  /**
   * Returns a version with this id, from memory when it was read before: ids never change, and who
   * reads a topic must not wait for Kafka twice.
   */
  public Optional<RegisteredSchema> byId(int id) {
    return store.readKnown(index -> index.byId(id));
  }

  /** Makes a schema the subject's newest version unless it is one already, and returns it. */
  public RegisteredSchema register(String subject, SchemaRequest request) {
    checkName(subject);
    return store.decide(
        subject,
        (index, basis) -> {
          SchemaText schema = SchemaText.read(request.avro(), request.references(), index);
          List<RegisteredSchema> versions = index.versions(subject);
          Optional<RegisteredSchema> known =
              index
                  .find(versions, schema)
                  .filter(
                      version ->
                          (request.id().isEmpty() || request.id().getAsInt() == version.id())
                              && (request.version().isEmpty()
                                  || request.version().getAsInt() == version.version()));
          if (known.isPresent()) {
            return Decision.done(known.get());
          }
          checkWritable(subject, index);
          checkWishes(subject, request, index);
          checkReferences(schema, index);
          List<String> problems =
              Compatibility.problems(index.level(subject), schema.schema(), versions, index);
          if (!problems.isEmpty()) {
            throw new RefusedException(
                Refusal.INCOMPATIBLE,
                "Schema being registered is incompatible with an earlier schema for subject '%s'"
                        .formatted(subject)
                    + " under compatibility %s: %s"
                        .formatted(index.level(subject), String.join(" ", problems)));
          }
          String avro = index.knownText(schema);
          checkSize(avro);
          return Decision.append(
              new SchemaRecord.Registration(
                  subject, avro, schema.references(), OptionalLong.of(basis)));
        });
  }

  /** Returns the version of a subject that means the same as a schema. */
  public RegisteredSchema lookUp(String subject, SchemaRequest request, boolean evenDeleted) {
    return store.read(
        index -> {
          List<RegisteredSchema> versions = versions(index, subject, evenDeleted);
          SchemaText schema = SchemaText.read(request.avro(), request.references(), index);
          return index
              .find(versions, schema)
              .orElseThrow(
                  () -> new RefusedException(Refusal.SCHEMA_NOT_FOUND, "Schema not found"));
        });
  }

  /** Returns what keeps a schema from being registered as the subject's next version. */
  public List<String> incompatibilities(String subject, SchemaRequest request) {
    return store.read(
        index ->
            Compatibility.problems(
                index.level(subject),
                SchemaText.read(request.avro(), request.references(), index).schema(),
                index.versions(subject),
                index));
  }

  /**
   * Returns what makes a schema incompatible with one version, under the subject's level; nothing
   * when it is the newest of a subject without versions.
   */
  public List<String> incompatibilities(String subject, String version, SchemaRequest request) {
    return store.read(
        index -> {
          boolean first = isLatest(version) && index.versions(subject).isEmpty();
          return Compatibility.problems(
              index.level(subject),
              SchemaText.read(request.avro(), request.references(), index).schema(),
              first ? List.of() : List.of(find(index, subject, version, false)),
              index);
        });
  }

  /** Returns a subject's versions. */
  public static List<RegisteredSchema> versions(
      SchemaIndex index, String subject, boolean evenDeleted) {
    List<RegisteredSchema> versions =
        evenDeleted ? index.versionsEvenDeleted(subject) : index.versions(subject);
    if (versions.isEmpty()) {
      throw new RefusedException(Refusal.SUBJECT_NOT_FOUND, "Subject '" + subject + "' not found.");
    }
    return versions;
  }

  /**
   * Returns a version of a subject.
   *
   * @param version a number, {@code latest} or {@code -1}
   */
  public static RegisteredSchema find(
      SchemaIndex index, String subject, String version, boolean evenDeleted) {
    int number = isLatest(version) ? -1 : number(version);
    List<RegisteredSchema> versions = versions(index, subject, evenDeleted);
    return number == -1
        ? versions.get(versions.size() - 1)
        : versions.stream()
            .filter(other -> other.version() == number)
            .findFirst()
            .orElseThrow(
                () ->
                    new RefusedException(
                        Refusal.VERSION_NOT_FOUND, "Version " + number + " not found."));
  }

  /** Deletes all versions of a subject and returns their numbers. */
  public List<Integer> deleteSubject(String subject, boolean permanent) {
    checkUnused(subject);
    return store.decide(
        subject,
        (index, basis) -> {
          List<RegisteredSchema> all = versions(index, subject, true);
          checkWritable(subject, index);
          List<RegisteredSchema> versions = permanent ? all : index.versions(subject);
          if (versions.isEmpty()) {
            throw new RefusedException(
                Refusal.SUBJECT_SOFTLY_DELETED,
                "Subject '%s' was soft deleted. Set permanent=true to delete permanently."
                    .formatted(subject));
          }
          if (permanent && !index.versions(subject).isEmpty()) {
            throw new RefusedException(
                Refusal.SUBJECT_NOT_SOFTLY_DELETED,
                "Subject '%s' was not deleted first before being permanently deleted."
                    .formatted(subject));
          }
          versions.forEach(version -> checkUnreferenced(version, permanent, index));
          return Decision.append(
              new SchemaRecord.Deletion(subject, Optional.empty(), permanent, basis),
              versions.stream().map(RegisteredSchema::version).toList());
        });
  }

  /** Deletes a version and returns its number. */
  public int deleteVersion(String subject, String version, boolean permanent) {
    checkUnused(subject);
    return store.decide(
        subject,
        (index, basis) -> {
          RegisteredSchema found = find(index, subject, version, !isLatest(version));
          checkWritable(subject, index);
          if (!permanent && found.deleted()) {
            throw new RefusedException(
                Refusal.VERSION_SOFTLY_DELETED,
                "Subject '%s' Version %d was soft deleted. Set permanent=true to delete permanently."
                    .formatted(subject, found.version()));
          }
          if (permanent && !found.deleted()) {
            throw new RefusedException(
                Refusal.VERSION_NOT_SOFTLY_DELETED,
                "Subject '%s' Version %d was not deleted first before being permanently deleted."
                    .formatted(subject, found.version()));
          }
          checkUnreferenced(found, permanent, index);
          return Decision.append(
              new SchemaRecord.Deletion(subject, Optional.of(found.version()), permanent, basis),
              found.version());
        });
  }

  /** Sets the level of a subject, or of all that have none of their own. */
  public void setLevel(Optional<String> subject, CompatibilityLevel level) {
    subject.ifPresent(ClientRegistry::checkName);
    setting(subject, new SchemaRecord.LevelSetting(subject, Optional.of(level)));
  }

  /** Takes a level back and returns what it was. */
  public CompatibilityLevel clearLevel(Optional<String> subject) {
    CompatibilityLevel before =
        store.read(
            index ->
                subject.isEmpty()
                    ? index.commonLevel()
                    : index
                        .ownLevel(subject.get())
                        .orElseThrow(() -> notSet(Refusal.LEVEL_NOT_SET, subject.get())));
    setting(subject, new SchemaRecord.LevelSetting(subject, Optional.empty()));
    return before;
  }

  /** Sets the mode of a subject, or of all that have none of their own. */
  public void setMode(Optional<String> subject, SubjectMode mode) {
    subject.ifPresent(ClientRegistry::checkName);
    store.decide(
        subject.orElse("all"),
        (index, basis) ->
            Decision.append(new SchemaRecord.ModeSetting(subject, Optional.of(mode)), true));
  }

  /** Takes a mode back and returns what it was. */
  public SubjectMode clearMode(Optional<String> subject) {
    SubjectMode before =
        store.read(
            index ->
                subject.isEmpty()
                    ? index.commonMode()
                    : index
                        .ownMode(subject.get())
                        .orElseThrow(() -> notSet(Refusal.MODE_NOT_SET, subject.get())));
    store.decide(
        subject.orElse("all"),
        (index, basis) ->
            Decision.append(new SchemaRecord.ModeSetting(subject, Optional.empty()), true));
    return before;
  }

  /** Says that a subject has no level or mode of its own. */
  public static RefusedException notSet(Refusal refusal, String subject) {
    String what = refusal == Refusal.LEVEL_NOT_SET ? "compatibility" : "mode";
    return new RefusedException(
        refusal, "Subject '%s' does not have subject-level %s configured".formatted(subject, what));
  }

  private void setting(Optional<String> subject, SchemaRecord record) {
    store.decide(
        subject.orElse("all"),
        (index, basis) -> {
          SubjectMode mode = subject.map(index::mode).orElseGet(index::commonMode);
          if (mode == SubjectMode.READONLY) {
            throw readOnly(subject.map(name -> "Subject '" + name + "'").orElse("The registry"));
          }
          return Decision.append(record, true);
        });
  }

  private void checkUnused(String subject) {
    use.userOf(subject)
        .ifPresent(
            user -> {
              throw new RefusedException(
                  Refusal.IN_USE,
                  "Subject '%s' is used by %s, whose topic can't be read without it. Delete that first."
                      .formatted(subject, user));
            });
  }

  private static void checkName(String subject) {
    if (subject.isBlank()
        || RESERVED.contains(subject)
        || subject.startsWith(":")
        || subject.chars().anyMatch(Character::isISOControl)) {
      throw new RefusedException(
          Refusal.INVALID_SUBJECT,
          "The specified subject '%s' is not a valid subject: it must not be blank, begin with a"
                  .formatted(subject)
              + " colon (there is one context only), have control characters or be one of "
              + String.join(", ", RESERVED)
              + ".");
    }
  }

  private static void checkWritable(String subject, SchemaIndex index) {
    if (index.mode(subject) == SubjectMode.READONLY) {
      throw readOnly("Subject '" + subject + "'");
    }
  }

  private static RefusedException readOnly(String what) {
    return new RefusedException(Refusal.NOT_PERMITTED, what + " is in read-only mode");
  }

  private static void checkWishes(String subject, SchemaRequest request, SchemaIndex index) {
    if (request.id().isPresent()) {
      throw new RefusedException(
          Refusal.NOT_PERMITTED,
          "Subject '%s' is not in import mode: an id is the schema's place in the topic and can't be"
                  .formatted(subject)
              + " chosen. Leave it out.");
    }
    List<RegisteredSchema> versions = index.versionsEvenDeleted(subject);
    int next = versions.isEmpty() ? 1 : versions.get(versions.size() - 1).version() + 1;
    if (request.version().isPresent() && request.version().getAsInt() != next) {
      throw new RefusedException(
          Refusal.INVALID_SCHEMA,
          "Invalid schema: version %d is not the next one, which is %d. Leave it out."
              .formatted(request.version().getAsInt(), next));
    }
  }

  private static void checkSize(String avro) {
    int size = avro.getBytes(StandardCharsets.UTF_8).length;
    int most = SchemaStore.LONGEST / 2;
    if (size > most) {
      throw new RefusedException(
          Refusal.SCHEMA_TOO_LARGE,
          "Schema is too large: it has %d bytes, and %d are the most. Split it."
              .formatted(size, most));
    }
  }

  private static void checkReferences(SchemaText schema, SchemaIndex index) {
    for (SchemaReference reference : schema.references()) {
      if (index.versions(reference.subject()).stream()
          .noneMatch(version -> version.version() == reference.version())) {
        throw new RefusedException(
            Refusal.INVALID_SCHEMA,
            "Invalid schema: it refers to subject '%s', version %d, which is deleted."
                .formatted(reference.subject(), reference.version()));
      }
    }
  }

  private static void checkUnreferenced(
      RegisteredSchema version, boolean permanent, SchemaIndex index) {
    List<String> referrers =
        index.referrers(version.subject(), version.version()).stream()
            .filter(referrer -> permanent || !referrer.deleted())
            .map(referrer -> "'" + referrer.subject() + "' version " + referrer.version())
            .toList();
    if (!referrers.isEmpty()) {
      throw new RefusedException(
          Refusal.IN_USE,
          "One or more references exist to the schema of subject '%s' version %d: %s. Delete them first."
              .formatted(version.subject(), version.version(), String.join(", ", referrers)));
    }
  }

  private static boolean isLatest(String version) {
    return version.toLowerCase(Locale.ROOT).equals("latest") || version.equals("-1");
  }

  private static int number(String version) {
    try {
      int number = Integer.parseInt(version);
      if (number > 0) {
        return number;
      }
    } catch (NumberFormatException e) {
      // falls through to the refusal
    }
    throw new RefusedException(
        Refusal.INVALID_VERSION,
        "The specified version '%s' is not a valid version id. Allowed values are between [1,"
                .formatted(version)
            + " 2^31-1] and the string \"latest\"");
  }
}
