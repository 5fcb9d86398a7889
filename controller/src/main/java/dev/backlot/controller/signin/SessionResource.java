package dev.backlot.controller.signin;

import dev.backlot.controller.access.AccessLog;
import dev.backlot.controller.access.AccessLog.Subject;
import dev.backlot.controller.access.Caller;
import dev.backlot.controller.access.Callers;
import dev.backlot.controller.access.Identified;
import dev.backlot.controller.access.Role;
import dev.backlot.controller.access.Rules;
import dev.backlot.metadata.AccountStore.Account;
import dev.backlot.metadata.SessionStore;
import dev.backlot.model.ProblemCode;
import dev.backlot.model.ProblemException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;

/** Signing in and out, and who is. */
@RestController
public final class SessionResource {
  private final Accounts accounts;
  private final Sessions sessions;
  private final SessionStore codes;
  private final Attempts attempts;
  private final AccessLog log;
  private final Addresses addresses;
  private final Map<String, Rules.Asked> rules = new Rules().asked();
  private final Optional<String> providerLabel;

  /**
   * Signs in to these accounts.
   *
   * @param providerLabel what the button for the identity provider says, if there is one
   */
  SessionResource(
      Accounts accounts,
      Sessions sessions,
      SessionStore codes,
      Attempts attempts,
      AccessLog log,
      Addresses addresses,
      Optional<String> providerLabel) {
    this.accounts = accounts;
    this.sessions = sessions;
    this.codes = codes;
    this.attempts = attempts;
    this.log = log;
    this.addresses = addresses;
    this.providerLabel = providerLabel;
  }

  /** Either a name with its password, or the code of a link. */
  record Request(@Nullable String name, @Nullable String password, @Nullable String code) {}

  /** A password to be changed. */
  record PasswordRequest(@Nullable String old, @Nullable String password) {}

  @GetMapping("/api/v1/session")
  Map<String, Object> show(HttpServletRequest request) {
    Identified identified = Callers.identified(request);
    identified
        .failure()
        .ifPresent(
            failure -> {
              throw failure;
            });
    return describe(identified);
  }

  @PostMapping("/api/v1/session")
  Map<String, Object> signIn(
      @RequestBody Request body, HttpServletRequest request, HttpServletResponse response) {
    String address = addresses.of(request);
    boolean byCode = body.code() != null;
    String name = body.name() == null ? "" : body.name();
    // all codes share a bound per address: there is no account to bound them by
    String bounded = byCode ? "code" : name;
    refuseTooMany(bounded, address, response);
    Optional<Account> account =
        byCode
            ? codes
                .takeCode(Opaque.hash(String.valueOf(body.code())))
                .flatMap(accounts::find)
                .filter(found -> !found.disabled())
            : accounts.proven(name, body.password() == null ? "" : body.password());
    if (account.isEmpty()) {
      recordFailure(byCode, name, address);
      throw new ProblemException(
          ProblemCode.UNAUTHENTICATED,
          byCode
              ? "Cannot sign in: the link was used already, or is older than 10 minutes. Get another"
                  + " with `backlot sign-in-link`."
              : "Cannot sign in: the name or the password is wrong. Try again, or ask an admin to"
                  + " reset it.");
    }
    attempts.succeeded(bounded, address);
    String method = byCode ? "code" : "password";
    return begin(request, response, account.get(), method);
  }

  @DeleteMapping("/api/v1/session")
  Map<String, Object> signOut(HttpServletRequest request, HttpServletResponse response) {
    Caller caller = Callers.of(request);
    if (caller.kind() == Caller.Kind.PERSON) {
      log.record(caller, "sign out", Subject.of("user", caller.name()), Map.of());
    }
    sessions.end(request, response);
    return describe(Identified.nobody("you have signed out"));
  }

  /** Changes the caller's own password; every session ends but a new one for this browser. */
  @PostMapping("/api/v1/session/password")
  Map<String, Object> changePassword(
      @RequestBody PasswordRequest body,
      Caller caller,
      HttpServletRequest request,
      HttpServletResponse response) {
    if (caller.kind() != Caller.Kind.PERSON) {
      throw new ProblemException(
          ProblemCode.NOT_ALLOWED_NOW,
          "Cannot change the password: a token has none. Sign in as the person.");
    }
    refuseTooMany(caller.name(), caller.address(), response);
    Account account =
        accounts
            .proven(caller.name(), body.old() == null ? "" : body.old())
            .orElseThrow(
                () ->
                    new ProblemException(
                        ProblemCode.FORBIDDEN,
                        "Cannot change the password: the old one is wrong. Try again, or ask an"
                            + " admin to reset it."));
    attempts.succeeded(caller.name(), caller.address());
    accounts.setPassword(account.name(), body.password() == null ? "" : body.password());
    return begin(request, response, account, "password");
  }

  private Map<String, Object> begin(
      HttpServletRequest request, HttpServletResponse response, Account account, String method) {
    String address = addresses.of(request);
    Caller caller = Identification.person(account, address);
    log.record(caller, "sign in", Subject.of("user", account.name()), Map.of("method", method));
    String csrf = sessions.begin(request, response, account.name(), method, address);
    return describe(Identified.byCookie(caller, csrf));
  }

  private void refuseTooMany(String account, String address, HttpServletResponse response) {
    Optional<Duration> wait = attempts.begin(account, address);
    if (wait.isPresent()) {
      long seconds = Math.max(1, wait.get().toSeconds() + 1);
      response.setHeader("Retry-After", String.valueOf(seconds));
      throw new ProblemException(
          ProblemCode.TOO_MANY_ATTEMPTS,
          "Cannot sign in: there were too many attempts. Try again in " + seconds + " seconds.");
    }
  }

  /** A name that is no account's may be a password in the wrong field. */
  private void recordFailure(boolean byCode, String name, String address) {
    String known =
        byCode
            ? ""
            : Optional.of(name)
                .filter(Accounts::isName)
                .flatMap(accounts::find)
                .map(Account::name)
                .orElse("");
    log.recordRefusal(
        Caller.anonymous(address),
        "sign in",
        Subject.of("user", known),
        Map.of("method", byCode ? "code" : "password"));
  }

  private Map<String, Object> describe(Identified identified) {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("signed_in", identified.caller().isPresent());
    identified
        .caller()
        .ifPresent(
            caller -> {
              map.put("name", caller.name());
              map.put("full_name", accounts.find(caller.name()).map(Account::fullName).orElse(""));
              map.put("kind", caller.kind().name().toLowerCase(java.util.Locale.ROOT));
              map.put("roles", caller.roles().stream().map(Role::label).sorted().toList());
              map.put("teams", caller.teams().stream().sorted().toList());
              map.put("clearances", caller.clearances().stream().sorted().toList());
              map.put("rules", rules);
            });
    identified.csrf().ifPresent(csrf -> map.put("csrf", csrf));
    map.put("cause", identified.cause());
    providerLabel.ifPresent(label -> map.put("provider", label));
    return map;
  }
}
