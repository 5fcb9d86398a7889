package dev.backlot.controller.signin;

import dev.backlot.controller.access.Caller;
import dev.backlot.controller.access.Role;
import dev.backlot.metadata.AccountStore;
import dev.backlot.metadata.AccountStore.Account;
import dev.backlot.metadata.AccountStore.Identity;
import dev.backlot.metadata.AccountStore.Rights;
import dev.backlot.model.Problem;
import dev.backlot.model.ProblemCode;
import dev.backlot.model.ProblemException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** The people who may sign in. Thread-safe. */
final class Accounts {
  /** The account that there is from the start. */
  static final String FIRST = "admin";

  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._@+-]{0,99}");
  private static final Set<String> RESERVED = Set.of(Caller.OPERATOR, "platform");

  private final AccountStore store;
  private final Passwords passwords;

  Accounts(AccountStore store, Passwords passwords) {
    this.store = store;
    this.passwords = passwords;
  }

  /** Adds the first account when there is none; it has no password until one is set. */
  void addFirst() {
    store.addFirst(FIRST, new Rights(Set.of(Role.ADMIN.label()), Set.of(), Set.of(Caller.ALL)));
  }

  List<Account> list() {
    return store.list();
  }

  Optional<Account> find(String name) {
    return store.find(name);
  }

  /** Returns an account, or says that one can't do something with it. */
  Account require(String verb, String name) {
    return store.find(name).orElseThrow(() -> missing(verb, name));
  }

  /** Returns the account of a name and password, when it may sign in. */
  Optional<Account> proven(String name, String password) {
    Optional<Account> account = isName(name) ? store.find(name) : Optional.empty();
    boolean matches = passwords.matches(password, account.map(Account::passwordHash).orElse(""));
    return account.filter(found -> matches && !found.disabled());
  }

  /** Adds an account. */
  Account add(String name, String fullName, Identity identity, String password, Rights rights) {
    List<Problem> problems = new ArrayList<>();
    String cannot = "Cannot create user '" + shortened(name) + "'";
    checkName(name, cannot, problems);
    if (!password.isEmpty()) {
      passwords.fault(name, password).ifPresent(fault -> problems.add(weak(cannot, fault)));
    }
    if (!problems.isEmpty()) {
      throw new ProblemException(problems);
    }
    String hash = password.isEmpty() ? "" : passwords.hash(password);
    if (!store.add(name, fullName, identity, hash, rights)) {
      throw new ProblemException(
          ProblemCode.CONFLICT, cannot + ": there is one of this name. Choose another name.");
    }
    return require("create", name);
  }

  Account change(String name, String fullName, Rights rights) {
    Account before = require("change", name);
    if (isLastAdmin(before) && !rights.roles().contains(Role.ADMIN.label())) {
      throw lastAdmin("change", name);
    }
    store.change(name, fullName, rights);
    return require("change", name);
  }

  Account setDisabled(String name, boolean disabled) {
    String verb = disabled ? "disable" : "enable";
    if (disabled && isLastAdmin(require(verb, name))) {
      throw lastAdmin(verb, name);
    }
    if (!store.setDisabled(name, disabled)) {
      throw missing(verb, name);
    }
    return require(verb, name);
  }

  void remove(String name) {
    if (isLastAdmin(require("delete", name))) {
      throw lastAdmin("delete", name);
    }
    store.remove(name);
  }

  /** Gives an account a new random password and returns it; its sessions end. */
  String resetPassword(String name) {
    Account account = require("reset the password of", name);
    if (!account.isLocal()) {
      throw new ProblemException(
          ProblemCode.NOT_ALLOWED_NOW,
          "Cannot reset the password of user '"
              + name
              + "': "
              + account.identity().issuer()
              + " knows it, not Backlot. Reset it there.");
    }
    String password = passwords.random();
    store.setPassword(name, passwords.hash(password));
    return password;
  }

  void setPassword(String name, String password) {
    passwords
        .fault(name, password)
        .ifPresent(
            fault -> {
              throw new ProblemException(List.of(weak("Cannot change the password", fault)));
            });
    store.setPassword(name, passwords.hash(password));
  }

  String randomPassword() {
    return passwords.random();
  }

  Optional<Account> find(Identity identity) {
    return store.find(identity);
  }

  /** Keeps an account as an identity provider describes it, and returns it. */
  Account describe(Identity identity, String name, String fullName, Rights rights) {
    Optional<Account> known = store.find(identity);
    if (known.isEmpty()) {
      return add(name, fullName, identity, "", rights);
    }
    store.change(known.get().name(), fullName, rights);
    return require("sign in", known.get().name());
  }

  private boolean isLastAdmin(Account account) {
    return isAdmin(account)
        && store.list().stream().noneMatch(o -> isAdmin(o) && !o.name().equals(account.name()));
  }

  private static boolean isAdmin(Account account) {
    return !account.disabled() && account.rights().roles().contains(Role.ADMIN.label());
  }

  static boolean isName(String name) {
    return NAME.matcher(name).matches() && !RESERVED.contains(name);
  }

  private static void checkName(String name, String cannot, List<Problem> problems) {
    if (!isName(name)) {
      problems.add(
          Problem.of(
              ProblemCode.SPEC_INVALID_VALUE,
              cannot
                  + ": "
                  + (RESERVED.contains(name)
                      ? "the name is the platform's own. Choose another."
                      : "a name is 1 to 100 letters, digits and . _ @ + -, and begins with a letter"
                          + " or digit. Choose such a name.")));
    }
  }

  private static Problem weak(String cannot, String fault) {
    return Problem.of(
        ProblemCode.SPEC_INVALID_VALUE, cannot + ": " + fault + ". Choose another password.");
  }

  private static ProblemException lastAdmin(String verb, String name) {
    return new ProblemException(
        ProblemCode.NOT_ALLOWED_NOW,
        "Cannot "
            + verb
            + " user '"
            + name
            + "': no other admin could sign in. Give another user the role admin first.");
  }

  private static ProblemException missing(String verb, String name) {
    return new ProblemException(
        ProblemCode.NOT_FOUND,
        "Cannot "
            + verb
            + " user '"
            + shortened(name)
            + "': there is none of this name. See `backlot get users`.");
  }

  private static String shortened(String name) {
    String line = name.replaceAll("\\p{Cntrl}", "\uFFFD");
    return line.length() <= 100 ? line : line.substring(0, 100) + "…";
  }
}
