package dev.backlot.controller.signin;

import dev.backlot.controller.access.Caller;
import dev.backlot.controller.access.Callers;
import dev.backlot.controller.access.Identified;
import dev.backlot.controller.access.Identifier;
import dev.backlot.controller.access.Role;
import dev.backlot.metadata.AccessTokenStore;
import dev.backlot.metadata.AccessTokenStore.AccessToken;
import dev.backlot.metadata.AccountStore.Account;
import dev.backlot.metadata.AccountStore.Rights;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.Base64;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Finds out who makes each request: by the token of an {@code Authorization} header (Bearer, or the
 * password of Basic, which is what clients of schema registries can send), else by the session's
 * cookie. It refuses nothing; that is up to {@code Gate}.
 */
public final class Identification extends HttpFilter implements Identifier {
  private static final long serialVersionUID = 1L;

  private final transient AccessTokenStore tokens;
  private final transient Sessions sessions;
  private final transient Addresses addresses;
  private final transient Optional<byte[]> operator;

  /**
   * Knows these.
   *
   * @param operator the token of whoever runs the platform
   */
  Identification(
      AccessTokenStore tokens, Sessions sessions, Addresses addresses, Optional<String> operator) {
    this.tokens = tokens;
    this.sessions = sessions;
    this.addresses = addresses;
    this.operator = operator.map(Opaque::hash);
  }

  @Override
  protected void doFilter(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws IOException, ServletException {
    Callers.set(request, identify(request));
    chain.doFilter(request, response);
  }

  @Override
  public Identified identify(HttpServletRequest request) {
    try {
      String header = request.getHeader("Authorization");
      return header == null ? bySession(request) : byToken(secret(header), addresses.of(request));
    } catch (RuntimeException e) {
      return Identified.failed(e);
    }
  }

  private Identified bySession(HttpServletRequest request) {
    if (!sessions.isShown(request)) {
      return Identified.nobody("you are not signed in");
    }
    return sessions
        .find(request)
        .map(
            session ->
                Identified.byCookie(
                    person(session.account(), addresses.of(request)), sessions.csrf(request)))
        .orElseGet(() -> Identified.nobody("your session has ended"));
  }

  private Identified byToken(Optional<String> secret, String address) {
    if (secret.isEmpty()) {
      return Identified.nobody("its Authorization header holds no token");
    }
    byte[] hash = Opaque.hash(secret.get());
    if (operator.isPresent() && MessageDigest.isEqual(operator.get(), hash)) {
      return Identified.by(
          new Caller(
              Caller.OPERATOR,
              Caller.Kind.TOKEN,
              "",
              Set.of(Role.ADMIN),
              Set.of(),
              Set.of(Caller.ALL),
              address));
    }
    if (!secret.get().startsWith(Tokens.PREFIX)) {
      return Identified.nobody("its token is not known");
    }
    Optional<AccessTokenStore.Found> found = tokens.use(hash);
    if (found.isEmpty()) {
      return Identified.nobody("its token is not known");
    }
    AccessToken token = found.get().token();
    if (token.isExpired(Instant.now())) {
      return Identified.nobody("its token '" + token.name() + "' has expired");
    }
    if (found.get().account().filter(Account::disabled).isPresent()) {
      return Identified.nobody("the account of its token '" + token.name() + "' is disabled");
    }
    return Identified.by(caller(token, found.get().account(), address));
  }

  private static Caller caller(AccessToken token, Optional<Account> account, String address) {
    Rights rights =
        account.map(owner -> Tokens.within(token.rights(), owner.rights())).orElse(token.rights());
    return new Caller(
        account.map(Account::name).orElse("token:" + token.name()),
        Caller.Kind.TOKEN,
        token.name(),
        roles(rights),
        rights.teams(),
        rights.clearances(),
        address);
  }

  static Caller person(Account account, String address) {
    return new Caller(
        account.name(),
        Caller.Kind.PERSON,
        "",
        roles(account.rights()),
        account.rights().teams(),
        account.rights().clearances(),
        address);
  }

  private static Set<Role> roles(Rights rights) {
    return rights.roles().stream()
        .flatMap(label -> Role.of(label).stream())
        .collect(Collectors.toUnmodifiableSet());
  }

  private static Optional<String> secret(String header) {
    int space = header.indexOf(' ');
    String scheme = space < 0 ? "" : header.substring(0, space).toLowerCase(Locale.ROOT);
    String rest = header.substring(space + 1).strip();
    return switch (scheme) {
      case "bearer" -> Optional.of(rest).filter(text -> !text.isEmpty());
      case "basic" -> Optional.ofNullable(password(rest)).filter(text -> !text.isEmpty());
      default -> Optional.empty();
    };
  }

  private static @Nullable String password(String encoded) {
    try {
      String pair = new String(Base64.getDecoder().decode(encoded), StandardCharsets.UTF_8);
      int colon = pair.indexOf(':');
      return colon < 0 ? null : pair.substring(colon + 1);
    } catch (IllegalArgumentException e) {
      return null;
    }
  }
}
