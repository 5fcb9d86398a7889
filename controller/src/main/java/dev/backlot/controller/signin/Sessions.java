package dev.backlot.controller.signin;

import dev.backlot.metadata.SessionStore;
import dev.backlot.metadata.SessionStore.Session;
import dev.backlot.model.platform.PlatformConfig;
import jakarta.servlet.http.Cookie;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.time.Duration;
import java.util.Optional;
import org.springframework.http.HttpHeaders;
import org.springframework.http.ResponseCookie;

/**
 * Sessions of browsers. The cookie's name is the installation's own, since cookies ignore ports:
 * two platforms on one machine don't sign each other out. Thread-safe.
 */
final class Sessions {
  /** Marks what a page asks by itself, without anybody at the keys. */
  private static final String WATCH_HEADER = "X-Backlot-Watch";

  private final SessionStore store;
  private final String cookie;
  private final boolean secure;
  private final Duration idle;
  private final Duration longest;

  Sessions(SessionStore store, String installation, PlatformConfig.SignIn settings) {
    this.store = store;
    this.secure = settings.secure();
    this.cookie = (secure ? "__Host-" : "") + "backlot_" + installation;
    this.idle = Duration.ofSeconds(settings.idleSeconds());
    this.longest = Duration.ofSeconds(settings.longestSeconds());
  }

  /**
   * Begins a session with a new id; one that the browser had before ends.
   *
   * @return what a request of it that changes something must say
   */
  String begin(
      HttpServletRequest request,
      HttpServletResponse response,
      String account,
      String method,
      String address) {
    id(request).ifPresent(before -> store.end(Opaque.hash(before)));
    String id = Opaque.random();
    store.begin(Opaque.hash(id), account, method, address);
    response.addHeader(HttpHeaders.SET_COOKIE, cookie(id, longest));
    return csrf(id);
  }

  /** Returns the session of a request, when it goes on; a page left open does not keep it alive. */
  Optional<Session> find(HttpServletRequest request) {
    boolean used = request.getHeader(WATCH_HEADER) == null;
    return id(request).flatMap(id -> store.find(Opaque.hash(id), used, idle, longest));
  }

  /** Returns whether a request shows a session, whatever it is worth. */
  boolean isShown(HttpServletRequest request) {
    return id(request).isPresent();
  }

  /** Returns what a request of this session that changes something must say. */
  String csrf(HttpServletRequest request) {
    return csrf(id(request).orElse(""));
  }

  private static String csrf(String id) {
    return Opaque.derived(id, "csrf");
  }

  /** Ends the session of a request, if there is one. */
  void end(HttpServletRequest request, HttpServletResponse response) {
    id(request).ifPresent(id -> store.end(Opaque.hash(id)));
    response.addHeader(HttpHeaders.SET_COOKIE, cookie("", Duration.ZERO));
  }

  /** Forgets what has ended. */
  void removeEnded() {
    store.removeEnded(idle, longest);
  }

  /** Returns the name of the cookie that binds a sign-in elsewhere to this browser. */
  String stateCookie() {
    return cookie + "_state";
  }

  boolean isSecure() {
    return secure;
  }

  private String cookie(String id, Duration life) {
    return ResponseCookie.from(cookie, id)
        .httpOnly(true)
        .secure(secure)
        .sameSite("Strict")
        .path("/")
        .maxAge(life)
        .build()
        .toString();
  }

  private Optional<String> id(HttpServletRequest request) {
    return cookie(request, cookie);
  }

  static Optional<String> cookie(HttpServletRequest request, String name) {
    Cookie[] cookies = request.getCookies();
    if (cookies != null) {
      for (Cookie cookie : cookies) {
        if (cookie.getName().equals(name) && !cookie.getValue().isEmpty()) {
          return Optional.of(cookie.getValue());
        }
      }
    }
    return Optional.empty();
  }
}
