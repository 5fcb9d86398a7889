package dev.backlot.registry;

import dev.backlot.event.AvroInput;
import dev.backlot.event.AvroOutput;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Records of the schemas topic as bytes. A key is the kind and a random part, for a key that comes
 * twice would let compaction take the earlier record, and with it an id or a setting. Values are in
 * Avro's encoding: texts and numbers in the order of the record's components.
 */
final class SchemaRecordFormat {
  private static final String SCHEMA = "schema/";
  private static final String LEVEL = "level/";
  private static final String MODE = "mode/";
  private static final String DELETION = "deletion/";

  private SchemaRecordFormat() {}

  static byte[] key(SchemaRecord record) {
    String kind;
    if (record instanceof SchemaRecord.Registration) {
      kind = SCHEMA;
    } else if (record instanceof SchemaRecord.LevelSetting) {
      kind = LEVEL;
    } else if (record instanceof SchemaRecord.ModeSetting) {
      kind = MODE;
    } else {
      kind = DELETION;
    }
    return (kind + UUID.randomUUID()).getBytes(StandardCharsets.UTF_8);
  }

  static byte[] value(SchemaRecord record) {
    AvroOutput out = new AvroOutput();
    if (record instanceof SchemaRecord.Registration registration) {
      out.writeString(registration.subject());
      out.writeString(registration.avro());
      if (!registration.references().isEmpty() || registration.basis().isPresent()) {
        out.writeInt(registration.references().size());
        for (SchemaReference reference : registration.references()) {
          out.writeString(reference.name());
          out.writeString(reference.subject());
          out.writeInt(reference.version());
        }
        out.writeLong(registration.basis().orElse(-1));
      }
    } else if (record instanceof SchemaRecord.LevelSetting setting) {
      out.writeString(setting.subject().orElse(""));
      out.writeString(setting.level().map(Enum::name).orElse(""));
    } else if (record instanceof SchemaRecord.ModeSetting setting) {
      out.writeString(setting.subject().orElse(""));
      out.writeString(setting.mode().map(Enum::name).orElse(""));
    } else if (record instanceof SchemaRecord.Deletion deletion) {
      out.writeString(deletion.subject());
      out.writeInt(deletion.version().orElse(0));
      out.writeBoolean(deletion.permanent());
      out.writeLong(deletion.basis());
    }
    return out.toByteArray();
  }

  /**
   * Reads a record; nothing for one of another writer's.
   *
   * @throws RuntimeException when it claims to be ours and is not
   */
  static Optional<SchemaRecord> read(byte @Nullable [] key, byte @Nullable [] value) {
    if (key == null || value == null) {
      return Optional.empty();
    }
    String kind = new String(key, StandardCharsets.UTF_8);
    AvroInput in = new AvroInput();
    in.reset(value, 0, value.length);
    if (kind.startsWith(SCHEMA)) {
      return Optional.of(registration(in));
    }
    if (kind.startsWith(LEVEL)) {
      return Optional.of(
          new SchemaRecord.LevelSetting(text(in), text(in).map(CompatibilityLevel::valueOf)));
    }
    if (kind.startsWith(MODE)) {
      return Optional.of(
          new SchemaRecord.ModeSetting(text(in), text(in).map(SubjectMode::valueOf)));
    }
    if (kind.startsWith(DELETION)) {
      String subject = in.readString();
      int version = in.readInt();
      return Optional.of(
          new SchemaRecord.Deletion(
              subject,
              version == 0 ? Optional.empty() : Optional.of(version),
              in.readBoolean(),
              in.readLong()));
    }
    return Optional.empty();
  }

  private static SchemaRecord registration(AvroInput in) {
    String subject = in.readString();
    String avro = in.readString();
    List<SchemaReference> references = new ArrayList<>();
    OptionalLong basis = OptionalLong.empty();
    if (!in.atEnd()) {
      int count = in.readInt();
      for (int i = 0; i < count; i++) {
        references.add(new SchemaReference(in.readString(), in.readString(), in.readInt()));
      }
      long offset = in.readLong();
      basis = offset < 0 ? OptionalLong.empty() : OptionalLong.of(offset);
    }
    return new SchemaRecord.Registration(subject, avro, references, basis);
  }

  private static Optional<String> text(AvroInput in) {
    String text = in.readString();
    return text.isEmpty() ? Optional.empty() : Optional.of(text);
  }
}
