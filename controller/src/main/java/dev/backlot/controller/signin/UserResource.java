package dev.backlot.controller.signin;

import dev.backlot.controller.access.Caller;
import dev.backlot.controller.access.Gate;
import dev.backlot.controller.catalog.Item;
import dev.backlot.metadata.AccountStore.Account;
import dev.backlot.metadata.AccountStore.Identity;
import dev.backlot.metadata.AccountStore.Rights;
import dev.backlot.metadata.SessionStore;
import dev.backlot.model.Problem;
import dev.backlot.model.ProblemCode;
import dev.backlot.model.ProblemException;
import jakarta.servlet.http.HttpServletRequest;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;

/** The people who may sign in, as admins keep them. */
@RestController
public final class UserResource {
  private static final Duration LINK_LIFE = Duration.ofMinutes(10);

  private final Accounts accounts;
  private final SessionStore sessions;
  private final String publicUrl;

  /**
   * Keeps these accounts.
   *
   * @param publicUrl where browsers reach the platform; empty for where the request came
   */
  UserResource(Accounts accounts, SessionStore sessions, String publicUrl) {
    this.accounts = accounts;
    this.sessions = sessions;
    this.publicUrl = publicUrl;
  }

  /**
   * A user.
   *
   * @param password a random one when missing
   */
  record Request(
      @Nullable String name,
      @Nullable String fullName,
      @Nullable List<String> roles,
      @Nullable List<String> teams,
      @Nullable List<String> clearances,
      @Nullable String password) {}

  @GetMapping("/api/v1/users")
  Map<String, Object> list() {
    return Map.of("items", accounts.list().stream().map(UserResource::item).toList());
  }

  @GetMapping("/api/v1/users/{name}")
  Item show(@PathVariable String name) {
    return item(accounts.require("find", name));
  }

  /** Adds a user; a password that was made up is told this once. */
  @PostMapping("/api/v1/users")
  Map<String, Object> create(@RequestBody Request body, HttpServletRequest request) {
    String name = body.name() == null ? "" : body.name().strip();
    Gate.note(request, "user", name);
    Rights rights = rights("Cannot create user '" + name + "'", body);
    boolean own = body.password() != null && !body.password().isEmpty();
    String password = own ? String.valueOf(body.password()) : accounts.randomPassword();
    Account account = accounts.add(name, fullName(body), Identity.LOCAL, password, rights);
    note(request, rights);
    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put("item", item(account));
    if (!own) {
      answer.put("password", password);
    }
    return answer;
  }

  @PutMapping("/api/v1/users/{name}")
  Item change(@PathVariable String name, @RequestBody Request body, HttpServletRequest request) {
    Rights rights = rights("Cannot change user '" + name + "'", body);
    note(request, rights);
    return item(accounts.change(name, fullName(body), rights));
  }

  @PostMapping("/api/v1/users/{name}/disable")
  Item disable(@PathVariable String name, Caller caller) {
    refuseSelf("disable", name, caller);
    return item(accounts.setDisabled(name, true));
  }

  @PostMapping("/api/v1/users/{name}/enable")
  Item enable(@PathVariable String name) {
    return item(accounts.setDisabled(name, false));
  }

  @DeleteMapping("/api/v1/users/{name}")
  Map<String, Object> delete(@PathVariable String name, Caller caller) {
    refuseSelf("delete", name, caller);
    accounts.remove(name);
    return Map.of("state", "deleted");
  }

  /** Makes up a new password, which is told this once. */
  @PostMapping("/api/v1/users/{name}/reset-password")
  Map<String, Object> resetPassword(@PathVariable String name) {
    return Map.of("password", accounts.resetPassword(name));
  }

  /** Makes a link with which one can sign in once, without a password. */
  @PostMapping("/api/v1/users/{name}/sign-in-link")
  Map<String, Object> signInLink(@PathVariable String name, HttpServletRequest request) {
    Account account = accounts.require("create a sign-in link for", name);
    if (account.disabled()) {
      throw new ProblemException(
          ProblemCode.NOT_ALLOWED_NOW,
          "Cannot create a sign-in link for user '"
              + name
              + "': the account is disabled. Enable it first.");
    }
    String code = Opaque.random();
    sessions.addCode(Opaque.hash(code), name, LINK_LIFE);
    String url = publicUrl.isEmpty() ? "http://localhost:" + request.getLocalPort() : publicUrl;
    // behind '#', since that part is not sent, and so not logged by what stands between
    return Map.of(
        "url", url + "/sign-in#code=" + code, "expires_at", Instant.now().plus(LINK_LIFE));
  }

  private static void refuseSelf(String verb, String name, Caller caller) {
    if (caller.name().equals(name)) {
      throw new ProblemException(
          ProblemCode.NOT_ALLOWED_NOW,
          "Cannot " + verb + " user '" + name + "': it is you. Ask another admin.");
    }
  }

  private static Rights rights(String cannot, Request body) {
    List<Problem> problems = new ArrayList<>();
    Rights rights =
        RightsRequest.read(body.roles(), body.teams(), body.clearances(), cannot, problems);
    if (rights.roles().isEmpty() && problems.isEmpty()) {
      problems.add(
          Problem.of(
              ProblemCode.SPEC_MISSING_FIELD,
              cannot + ": it has no role. Give 'roles', such as viewer."));
    }
    if (!problems.isEmpty()) {
      throw new ProblemException(problems);
    }
    return rights;
  }

  private static String fullName(Request body) {
    String name = body.fullName() == null ? "" : body.fullName().strip();
    return name.length() <= 200 ? name.replace('\0', ' ') : name.substring(0, 200);
  }

  private static void note(HttpServletRequest request, Rights rights) {
    Gate.note(request, "roles", rights.roles().stream().sorted().toList());
    Gate.note(request, "teams", rights.teams().stream().sorted().toList());
    Gate.note(request, "clearances", rights.clearances().stream().sorted().toList());
  }

  private static Item item(Account account) {
    Map<String, Object> spec = new LinkedHashMap<>();
    spec.put("full_name", account.fullName());
    put(spec, account.rights());
    Map<String, Object> status = new LinkedHashMap<>();
    status.put("state", account.disabled() ? "disabled" : "active");
    status.put("reason", account.disabled() ? "An admin has disabled it." : "");
    status.put("since", account.createdAt());
    status.put("issuer", account.identity().issuer());
    status.put("has_password", !account.passwordHash().isEmpty());
    account.signedInAt().ifPresent(time -> status.put("signed_in_at", time));
    return new Item("User", account.name(), spec, status);
  }

  static void put(Map<String, Object> spec, Rights rights) {
    spec.put("roles", rights.roles().stream().sorted().toList());
    spec.put("teams", rights.teams().stream().sorted().toList());
    spec.put("clearances", rights.clearances().stream().sorted().toList());
  }
}
