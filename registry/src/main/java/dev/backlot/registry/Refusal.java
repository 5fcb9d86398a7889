package dev.backlot.registry;

/**
 * Why a client's request is refused, with the numbers that clients of Confluent's registry know.
 */
public enum Refusal {
  SUBJECT_NOT_FOUND(40401),
  VERSION_NOT_FOUND(40402),
  SCHEMA_NOT_FOUND(40403),
  SUBJECT_SOFTLY_DELETED(40404),
  SUBJECT_NOT_SOFTLY_DELETED(40405),
  VERSION_SOFTLY_DELETED(40406),
  VERSION_NOT_SOFTLY_DELETED(40407),
  LEVEL_NOT_SET(40408),
  MODE_NOT_SET(40409),
  INCOMPATIBLE(409),
  INVALID_SCHEMA(42201),
  INVALID_VERSION(42202),
  INVALID_LEVEL(42203),
  INVALID_MODE(42204),
  NOT_PERMITTED(42205),
  IN_USE(42206),
  INVALID_SUBJECT(42208),
  SCHEMA_TOO_LARGE(42209);

  private final int code;

  Refusal(int code) {
    this.code = code;
  }

  /** Returns Confluent's number; its first three digits are HTTP's status. */
  public int code() {
    return code;
  }

  /** Returns HTTP's status. */
  public int status() {
    return code < 1000 ? code : code / 100;
  }
}
