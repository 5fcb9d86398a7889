package dev.backlot.controller.signin;

import dev.backlot.controller.access.Caller;
import dev.backlot.controller.access.Gate;
import dev.backlot.controller.access.Role;
import dev.backlot.controller.catalog.Item;
import dev.backlot.metadata.AccessTokenStore;
import dev.backlot.metadata.AccessTokenStore.AccessToken;
import dev.backlot.metadata.AccountStore.Rights;
import dev.backlot.model.Problem;
import dev.backlot.model.ProblemCode;
import dev.backlot.model.ProblemException;
import dev.backlot.spec.Quantities;
import jakarta.servlet.http.HttpServletRequest;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;

/** Tokens: people keep their own, admins all and those of services. */
@RestController
public final class TokenResource {
  private static final Duration LONGEST_LIFE = Duration.ofDays(3660);

  private final AccessTokenStore tokens;

  TokenResource(AccessTokenStore tokens) {
    this.tokens = tokens;
  }

  /**
   * A token that is wanted.
   *
   * @param service whether it is nobody's, so that it outlives accounts; for admins
   * @param expires after how long, such as {@code 90d}; never when missing
   */
  record Request(
      @Nullable String name,
      boolean service,
      @Nullable List<String> roles,
      @Nullable List<String> teams,
      @Nullable List<String> clearances,
      @Nullable String expires) {}

  @GetMapping("/api/v1/tokens")
  Map<String, Object> list(Caller caller) {
    return Map.of(
        "items",
        tokens.list().stream()
            .filter(token -> isVisible(token, caller))
            .map(TokenResource::item)
            .toList());
  }

  @GetMapping("/api/v1/tokens/{name}")
  Item show(@PathVariable String name, Caller caller) {
    return item(require("find", name, caller));
  }

  /** Adds a token; the answer is the only time that it is told. */
  @PostMapping("/api/v1/tokens")
  Map<String, Object> create(@RequestBody Request body, Caller caller, HttpServletRequest request) {
    String name = body.name() == null ? "" : body.name().strip();
    Gate.note(request, "token", name);
    String cannot = "Cannot create token '" + name + "'";
    List<Problem> problems = new ArrayList<>();
    if (!Accounts.isName(name)) {
      problems.add(
          Problem.of(
              ProblemCode.SPEC_INVALID_VALUE,
              cannot
                  + ": a name is 1 to 100 letters, digits and . _ @ + -, and begins with a letter or"
                  + " digit. Choose such a name."));
    }
    Rights asked =
        RightsRequest.read(body.roles(), body.teams(), body.clearances(), cannot, problems);
    boolean service = body.service() || caller.kind() != Caller.Kind.PERSON && isNobodys(caller);
    Rights rights = granted(asked, body, service, caller, cannot, problems);
    Optional<Instant> expiry = expiry(body.expires(), cannot, problems);
    if (!problems.isEmpty()) {
      throw new ProblemException(problems);
    }
    String secret = Tokens.random();
    Optional<String> account = service ? Optional.empty() : Optional.of(caller.name());
    if (!tokens.add(name, Opaque.hash(secret), account, rights, caller.name(), expiry)) {
      throw new ProblemException(
          ProblemCode.CONFLICT, cannot + ": there is one of this name. Choose another name.");
    }
    Gate.note(request, "roles", rights.roles().stream().sorted().toList());
    Gate.note(request, "service", service);
    return Map.of("item", item(tokens.find(name).orElseThrow()), "token", secret);
  }

  @DeleteMapping("/api/v1/tokens/{name}")
  Map<String, Object> delete(@PathVariable String name, Caller caller) {
    require("delete", name, caller);
    tokens.remove(name);
    return Map.of("state", "deleted");
  }

  /** What a person's token may do is bounded by the person again whenever it is shown. */
  private static Rights granted(
      Rights asked,
      Request body,
      boolean service,
      Caller caller,
      String cannot,
      List<Problem> problems) {
    Rights own =
        new Rights(
            caller.roles().stream().map(Role::label).collect(Collectors.toSet()),
            caller.teams(),
            caller.clearances());
    if (service) {
      if (!caller.has(Role.ADMIN)) {
        problems.add(
            Problem.of(
                ProblemCode.FORBIDDEN,
                cannot + ": a service's token needs the role admin. Ask an admin for it."));
      } else if (asked.roles().isEmpty()) {
        problems.add(
            Problem.of(
                ProblemCode.SPEC_MISSING_FIELD,
                cannot + ": it has no role. Give 'roles', such as viewer or engine."));
      }
      return asked;
    }
    Rights wanted =
        new Rights(
            body.roles() == null ? own.roles() : asked.roles(),
            body.teams() == null ? own.teams() : asked.teams(),
            body.clearances() == null ? own.clearances() : asked.clearances());
    if (!Tokens.within(wanted, own).equals(wanted)) {
      problems.add(
          Problem.of(
              ProblemCode.FORBIDDEN,
              cannot
                  + ": it would have roles, teams or clearances that you have not. Leave them out,"
                  + " or ask an admin for them."));
    }
    return wanted;
  }

  private static Optional<Instant> expiry(
      @Nullable String expires, String cannot, List<Problem> problems) {
    if (expires == null || expires.isEmpty()) {
      return Optional.empty();
    }
    Optional<Duration> life =
        Quantities.parseDuration(expires)
            .filter(found -> !found.isZero() && found.compareTo(LONGEST_LIFE) <= 0);
    if (life.isEmpty()) {
      problems.add(
          Problem.of(
              ProblemCode.SPEC_INVALID_VALUE,
              cannot + ": 'expires' is no time up to 3660d. Write one such as 90d."));
    }
    return life.map(found -> Instant.now().plus(found));
  }

  private static boolean isNobodys(Caller caller) {
    return caller.name().equals(Caller.OPERATOR) || caller.name().startsWith("token:");
  }

  private static boolean isVisible(AccessToken token, Caller caller) {
    return caller.has(Role.ADMIN) || token.account().filter(caller.name()::equals).isPresent();
  }

  private AccessToken require(String verb, String name, Caller caller) {
    return tokens
        .find(name)
        .filter(token -> isVisible(token, caller))
        .orElseThrow(
            () ->
                new ProblemException(
                    ProblemCode.NOT_FOUND,
                    "Cannot "
                        + verb
                        + " token '"
                        + name
                        + "': there is none of this name. See `backlot get tokens`."));
  }

  private static Item item(AccessToken token) {
    Map<String, Object> spec = new LinkedHashMap<>();
    spec.put("account", token.account().orElse(""));
    UserResource.put(spec, token.rights());
    token.expiresAt().ifPresent(time -> spec.put("expires_at", time));
    Map<String, Object> status = new LinkedHashMap<>();
    boolean expired = token.isExpired(Instant.now());
    status.put("state", expired ? "expired" : "active");
    status.put("reason", expired ? "It is too late for it." : "");
    status.put("since", token.createdAt());
    status.put("created_by", token.createdBy());
    token.usedAt().ifPresent(time -> status.put("used_at", time));
    return new Item("Token", token.name(), spec, status);
  }
}
