package dev.backlot.controller.signin;

import dev.backlot.controller.access.AccessLog;
import dev.backlot.controller.access.AccessLog.Subject;
import dev.backlot.controller.access.Caller;
import dev.backlot.metadata.AccountStore.Account;
import dev.backlot.metadata.AccountStore.Identity;
import dev.backlot.metadata.AccountStore.Rights;
import dev.backlot.model.ProblemCode;
import dev.backlot.model.ProblemException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpHeaders;
import org.springframework.http.ResponseCookie;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Signing in at the identity provider: a browser goes there and comes back. */
@RestController
public final class OidcResource {
  private static final Logger LOG = LoggerFactory.getLogger(OidcResource.class);
  private static final String CALLBACK = "/api/v1/session/oidc/callback";
  private static final Duration PATIENCE = Duration.ofMinutes(10);
  private static final int MOST_PENDING = 1000;

  private final Optional<OidcProvider> provider;
  private final Accounts accounts;
  private final Sessions sessions;
  private final AccessLog log;
  private final Addresses addresses;
  private final String publicUrl;
  private final Clock clock;
  private final Map<String, Pending> pending = new LinkedHashMap<>();

  OidcResource(
      Optional<OidcProvider> provider,
      Accounts accounts,
      Sessions sessions,
      AccessLog log,
      Addresses addresses,
      String publicUrl,
      Clock clock) {
    this.provider = provider;
    this.accounts = accounts;
    this.sessions = sessions;
    this.log = log;
    this.addresses = addresses;
    this.publicUrl = publicUrl;
    this.clock = clock;
  }

  /** A browser that is at the provider. */
  private record Pending(OidcProvider.Begun begun, String returnTo, Instant until) {}

  /** Why somebody is not signed in, as a word that the page has a sentence for. */
  private static final class FailedException extends Exception {
    private static final long serialVersionUID = 1L;
    private final String word;

    FailedException(String word, @Nullable Throwable cause) {
      super(word, cause);
      this.word = word;
    }
  }

  @GetMapping("/api/v1/session/oidc")
  ResponseEntity<Void> begin(
      @RequestParam(defaultValue = "/") String to, HttpServletRequest request) {
    OidcProvider known = required();
    try {
      OidcProvider.Begun begun = known.begin(callback(request));
      remember(begun, isOwnPath(to) ? to : "/");
      return ResponseEntity.status(302)
          .header(HttpHeaders.LOCATION, begun.location().toString())
          .header(HttpHeaders.SET_COOKIE, stateCookie(begun.state(), PATIENCE))
          .header(HttpHeaders.CACHE_CONTROL, "no-store")
          .build();
    } catch (OidcProvider.UnreachableException e) {
      LOG.warn("Cannot begin a sign-in at {}: {}", known.settings().issuer(), e.toString());
      return failed("unreachable");
    }
  }

  @GetMapping(CALLBACK)
  ResponseEntity<Void> come(
      @RequestParam(required = false) @Nullable String code,
      @RequestParam(required = false) @Nullable String state,
      @RequestParam(required = false) @Nullable String error,
      @RequestParam(required = false) @Nullable String iss,
      HttpServletRequest request,
      HttpServletResponse response) {
    OidcProvider known = required();
    String address = addresses.of(request);
    try {
      Pending begun = take(state, Sessions.cookie(request, sessions.stateCookie()));
      if (error != null || code == null) {
        throw new FailedException("denied", null);
      }
      if (iss != null && !iss.equals(known.settings().issuer())) {
        throw new FailedException("refused", null);
      }
      Account account = account(known, claims(known, code, begun, request));
      if (account.disabled()) {
        throw new FailedException("disabled", null);
      }
      log.record(
          Identification.person(account, address),
          "sign in",
          Subject.of("user", account.name()),
          Map.of("method", "oidc"));
      sessions.begin(request, response, account.name(), "oidc", address);
      response.addHeader(HttpHeaders.SET_COOKIE, stateCookie("", Duration.ZERO));
      return redirect(begun.returnTo());
    } catch (FailedException e) {
      LOG.warn("A sign-in at {} failed: {}", known.settings().issuer(), cause(e));
      log.recordRefusal(
          Caller.anonymous(address),
          "sign in",
          Subject.of("user", ""),
          Map.of("method", "oidc", "cause", e.word));
      return failed(e.word);
    }
  }

  private Map<String, Object> claims(
      OidcProvider known, String code, Pending begun, HttpServletRequest request)
      throws FailedException {
    try {
      return known.claims(code, begun.begun(), callback(request));
    } catch (OidcProvider.UnreachableException e) {
      throw new FailedException("unreachable", e);
    } catch (OidcProvider.RefusedException e) {
      throw new FailedException("refused", e);
    }
  }

  private Account account(OidcProvider known, Map<String, Object> claims) throws FailedException {
    Identity identity = new Identity(known.settings().issuer(), OidcRights.text(claims, "sub"));
    Rights before =
        accounts
            .find(identity)
            .map(Account::rights)
            .orElse(new Rights(Set.of(), Set.of(), Set.of()));
    Rights rights = new OidcRights(known.settings()).of(claims, before);
    if (rights.roles().isEmpty()) {
      throw new FailedException("no_role", null);
    }
    String name = OidcRights.text(claims, known.settings().nameClaim());
    try {
      return accounts.describe(
          identity, accountName(name, identity), OidcRights.text(claims, "name"), rights);
    } catch (ProblemException e) {
      throw new FailedException("name_taken", e);
    }
  }

  /** What can't be a name is made one; who has none gets one by the subject. */
  private static String accountName(String said, Identity identity) {
    String name = said.replaceAll("[^A-Za-z0-9._@+-]", "-").replaceAll("^[^A-Za-z0-9]+", "");
    return Accounts.isName(name)
        ? name
        : "user-" + HexFormat.of().formatHex(Opaque.hash(identity.subject()), 0, 6);
  }

  private synchronized void remember(OidcProvider.Begun begun, String returnTo) {
    Instant now = clock.instant();
    pending.values().removeIf(other -> other.until().isBefore(now));
    while (pending.size() >= MOST_PENDING) {
      pending.remove(pending.keySet().iterator().next());
    }
    pending.put(begun.state(), new Pending(begun, returnTo, now.plus(PATIENCE)));
  }

  /** The state must be that of this browser, so that nobody is signed in as somebody else. */
  private synchronized Pending take(@Nullable String state, Optional<String> cookie)
      throws FailedException {
    boolean own =
        state != null
            && cookie.isPresent()
            && MessageDigest.isEqual(
                state.getBytes(StandardCharsets.UTF_8),
                cookie.get().getBytes(StandardCharsets.UTF_8));
    Pending found = own ? pending.remove(state) : null;
    if (found == null || found.until().isBefore(clock.instant())) {
      throw new FailedException("expired", null);
    }
    return found;
  }

  private OidcProvider required() {
    return provider.orElseThrow(
        () ->
            new ProblemException(
                ProblemCode.NOT_FOUND,
                "Cannot sign in at an identity provider: none is configured. See"
                    + " docs/access.md."));
  }

  private URI callback(HttpServletRequest request) {
    return URI.create(
        (publicUrl.isEmpty() ? "http://localhost:" + request.getLocalPort() : publicUrl)
            + CALLBACK);
  }

  /** Only a path of this site: a link must not lead elsewhere in its name. */
  static boolean isOwnPath(String path) {
    return path.startsWith("/")
        && !path.startsWith("//")
        && !path.startsWith("/\\")
        && path.chars().noneMatch(c -> c < ' ' || c == '\\' || c > '~');
  }

  private static ResponseEntity<Void> failed(String word) {
    return redirect("/sign-in?problem=" + URLEncoder.encode(word, StandardCharsets.UTF_8));
  }

  private static ResponseEntity<Void> redirect(String path) {
    return ResponseEntity.status(302)
        .header(HttpHeaders.LOCATION, path)
        .header(HttpHeaders.CACHE_CONTROL, "no-store")
        .build();
  }

  /**
   * Not stricter than Lax: the provider's page sends the browser back, and the cookie must come.
   */
  private String stateCookie(String state, Duration life) {
    return ResponseCookie.from(sessions.stateCookie(), state)
        .httpOnly(true)
        .secure(sessions.isSecure())
        .sameSite("Lax")
        .path("/")
        .maxAge(life)
        .build()
        .toString();
  }

  private static String cause(FailedException e) {
    Throwable cause = e.getCause();
    return cause == null ? e.word : e.word + ", " + cause.getMessage();
  }
}
