package dev.backlot.registry;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class SchemaIndexTest {
  private static final String A = "\"string\"";
  private static final String B = "\"long\"";

  private final SchemaIndex index = new SchemaIndex();
  private long end;

  @Test
  void anIdIsTheOffsetOfTheFirstRecordThatCountsPlusOne() {
    append(registration("t", A));
    append(registration("u", A));
    append(registration("u", B));

    assertThat(index.versions("u"))
        .extracting(RegisteredSchema::version, RegisteredSchema::id)
        .containsExactly(
            org.assertj.core.groups.Tuple.tuple(1, 1), org.assertj.core.groups.Tuple.tuple(2, 3));
  }

  @Test
  void ofTwoDecisionsOnTheSameStateOnlyTheFirstHolds() {
    append(registration("t", A));
    long basis = end;
    long first = append(registration("t", B, basis));
    long second = append(registration("t", "\"int\"", basis));

    assertThat(index.isEffective(first)).isTrue();
    assertThat(index.isEffective(second)).isFalse();
    assertThat(index.versions("t")).hasSize(2);
    assertThat(index.avroOf((int) second + 1)).isEmpty();
  }

  @Test
  void whatHappensToOtherSubjectsVoidsNoDecisionButSettingsOfAllDo() {
    long basis = end;
    append(registration("other", A));
    assertThat(index.isEffective(append(registration("t", A, basis)))).isTrue();

    basis = end;
    append(new SchemaRecord.LevelSetting(Optional.empty(), Optional.of(CompatibilityLevel.FULL)));
    assertThat(index.isEffective(append(registration("t", B, basis)))).isFalse();
  }

  @Test
  void aReferenceVoidsTheDeletionThatItCrossesAndTheOtherWayRound() {
    append(registration("base", A));
    List<SchemaReference> references = List.of(new SchemaReference("n", "base", 1));
    long basis = end;
    append(new SchemaRecord.Registration("t", B, references, OptionalLong.of(basis)));
    long deletion = append(deletion("base", false, basis));
    assertThat(index.isEffective(deletion)).isFalse();

    basis = end;
    append(deletion("base", false, basis));
    long late = append(new SchemaRecord.Registration("u", B, references, OptionalLong.of(basis)));
    assertThat(index.isEffective(late)).isFalse();
  }

  @Test
  void deletionsHideAndThenRemoveVersionsButNeverFreeAnId() {
    append(registration("t", A));
    append(registration("t", B));

    append(new SchemaRecord.Deletion("t", Optional.of(2), false, end));
    assertThat(index.latest("t").orElseThrow().id()).isEqualTo(1);
    assertThat(index.versionsEvenDeleted("t")).hasSize(2);
    assertThat(index.byId(2)).isPresent();

    append(registration("t", B));
    assertThat(index.latest("t").orElseThrow())
        .extracting(RegisteredSchema::version, RegisteredSchema::id)
        .containsExactly(3, 2);

    append(deletion("t", false, end));
    assertThat(index.subjects()).isEmpty();
    assertThat(index.subjectsEvenDeleted()).containsExactly("t");
    append(deletion("t", true, end));
    assertThat(index.subjectsEvenDeleted()).isEmpty();
    assertThat(index.byId(2)).isEmpty();
    assertThat(index.avroOf(2)).contains(B);

    append(registration("t", B));
    assertThat(index.latest("t").orElseThrow())
        .extracting(RegisteredSchema::version, RegisteredSchema::id)
        .containsExactly(1, 2);
  }

  @Test
  void settingsOfASubjectGoBeforeThoseOfAllAndGoWithItsVersions() {
    append(registration("t", A));
    assertThat(index.level("t")).isEqualTo(CompatibilityLevel.BACKWARD);
    append(new SchemaRecord.LevelSetting(Optional.empty(), Optional.of(CompatibilityLevel.FULL)));
    append(new SchemaRecord.LevelSetting(Optional.of("t"), Optional.of(CompatibilityLevel.NONE)));
    append(new SchemaRecord.ModeSetting(Optional.of("t"), Optional.of(SubjectMode.READONLY)));
    assertThat(index.level("t")).isEqualTo(CompatibilityLevel.NONE);
    assertThat(index.level("other")).isEqualTo(CompatibilityLevel.FULL);
    assertThat(index.mode("t")).isEqualTo(SubjectMode.READONLY);

    append(deletion("t", false, end));
    assertThat(index.level("t")).isEqualTo(CompatibilityLevel.FULL);
    assertThat(index.mode("t")).isEqualTo(SubjectMode.READWRITE);
    append(new SchemaRecord.LevelSetting(Optional.empty(), Optional.empty()));
    assertThat(index.level("t")).isEqualTo(CompatibilityLevel.BACKWARD);
  }

  @Test
  void recordsOfOthersAndBrokenOnesAreLeftOut() {
    byte[] nonsense = "{\"keytype\":\"SCHEMA\"}".getBytes(StandardCharsets.UTF_8);
    index.add(end++, nonsense, nonsense);
    index.add(end++, "schema/x".getBytes(StandardCharsets.UTF_8), new byte[] {9, 1});
    index.add(end++, "level/x".getBytes(StandardCharsets.UTF_8), new byte[] {2, 'a', 2, 'b'});
    index.add(end++, null, nonsense);
    index.add(end++, nonsense, null);
    append(registration("t", A));

    assertThat(index.subjectsEvenDeleted()).containsExactly("t");
    assertThat(index.latest("t").orElseThrow().id()).isEqualTo(6);
  }

  @Test
  void schemasThatDifferInSpaceAndOrderOnlyAreFoundAndGetNoOtherId() {
    String text =
        "{\"type\":\"record\",\"name\":\"M\",\"fields\":[{\"name\":\"a\",\"type\":\"int\","
            + "\"x\":1,\"b\":{\"k\":1,\"l\":2}}],\"one\":\"1\",\"two\":\"2\"}";
    String same =
        "{ \"two\":\"2\", \"fields\":[{\"b\":{\"l\":2,\"k\":1},\"x\":1,\"type\":\"int\","
            + "\"name\":\"a\"}], \"name\":\"M\",\n \"one\":\"1\", \"type\":\"record\" }";
    append(registration("t", SchemaText.read(text, List.of(), index).avro()));

    SchemaText other = SchemaText.read(same, List.of(), index);
    assertThat(index.find(index.versions("t"), other)).isPresent();
    assertThat(index.knownText(other)).isEqualTo(index.avroOf(1).orElseThrow());
    SchemaText different = SchemaText.read(same.replace("\"1\"", "\"3\""), List.of(), index);
    assertThat(index.find(index.versions("t"), different)).isEmpty();
    assertThat(index.knownText(different)).isEqualTo(different.avro());
  }

  private static SchemaRecord registration(String subject, String avro) {
    return new SchemaRecord.Registration(subject, avro, List.of(), OptionalLong.empty());
  }

  private static SchemaRecord registration(String subject, String avro, long basis) {
    return new SchemaRecord.Registration(subject, avro, List.of(), OptionalLong.of(basis));
  }

  private static SchemaRecord deletion(String subject, boolean permanent, long basis) {
    return new SchemaRecord.Deletion(subject, Optional.empty(), permanent, basis);
  }

  private long append(SchemaRecord record) {
    index.add(end, SchemaRecordFormat.key(record), SchemaRecordFormat.value(record));
    return end++;
  }
}
