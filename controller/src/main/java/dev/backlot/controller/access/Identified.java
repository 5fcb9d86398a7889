package dev.backlot.controller.access;

import java.util.Optional;

/**
 * What a request's credentials prove.
 *
 * @param caller who it is; empty when nobody is proven
 * @param cause why nobody is, as the middle of a sentence; empty when somebody is
 * @param csrf what a request that changes something must also say, since browsers add the cookie to
 *     any request; empty when no cookie was used
 * @param failure why it can't be known now, such as that the metadata database does not answer
 */
public record Identified(
    Optional<Caller> caller,
    String cause,
    Optional<String> csrf,
    Optional<RuntimeException> failure) {
  /** The header that carries {@link #csrf}. */
  public static final String CSRF_HEADER = "X-Backlot-Csrf";

  /** Proves a caller by something that only the caller's program adds. */
  public static Identified by(Caller caller) {
    return new Identified(Optional.of(caller), "", Optional.empty(), Optional.empty());
  }

  /** Proves a caller by a cookie. */
  public static Identified byCookie(Caller caller, String csrf) {
    return new Identified(Optional.of(caller), "", Optional.of(csrf), Optional.empty());
  }

  /** Proves nobody. */
  public static Identified nobody(String cause) {
    return new Identified(Optional.empty(), cause, Optional.empty(), Optional.empty());
  }

  /** Can't tell. */
  public static Identified failed(RuntimeException failure) {
    return new Identified(Optional.empty(), "", Optional.empty(), Optional.of(failure));
  }
}
