package dev.backlot.server;

import dev.backlot.model.platform.PlatformConfig;
import dev.backlot.model.platform.PlatformConfig.ClaimSource;
import dev.backlot.model.platform.PlatformConfig.Oidc;
import dev.backlot.model.platform.PlatformConfig.SignIn;
import dev.backlot.model.spec.SecretReference;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The configuration file's sections {@code api}, {@code sign_in} and {@code access_log}: who may
 * reach the platform, and how they prove who they are.
 */
final class SignInSection {
  private static final Set<String> ROLES = Set.of("viewer", "builder", "owner", "admin", "engine");
  private static final Pattern TIME = Pattern.compile("([1-9][0-9]{0,5})([smhd])");
  private static final Map<String, Long> UNITS =
      Map.of("s", 1L, "m", 60L, "h", 3600L, "d", 86_400L);
  private static final String OIDC = "sign_in.oidc";

  private final SettingsFile file;
  private final Map<String, Object> api;
  private final Map<String, Object> signIn;
  private final Map<String, Object> log;

  SignInSection(
      SettingsFile file,
      Map<String, Object> api,
      Map<String, Object> signIn,
      Map<String, Object> log) {
    this.file = file;
    this.api = api;
    this.signIn = signIn;
    this.log = log;
  }

  /** Reads the sections; what is wrong with them is reported to the file. */
  Settings.SignIn read() {
    file.onlyFields(api, "api", Set.of("listen", "public_url"));
    file.onlyFields(signIn, "sign_in", Set.of("idle", "longest", "oidc"));
    file.onlyFields(log, "access_log", Set.of("keep"));
    String publicUrl = url("api", api, "public_url").orElse("");
    String listen = file.text(api, "api", "listen").orElse(SignIn.DEFAULT.listen());
    if (!isLoopback(listen) && !isAny(listen)) {
      file.report(
          "api.listen",
          "the platform's own processes would not reach it",
          "Write 127.0.0.1, or 0.0.0.0 for every address");
    } else if (!isLoopback(listen) && !publicUrl.startsWith("https:")) {
      file.report(
          "api.listen",
          "others than this machine would reach it without TLS",
          "Write 127.0.0.1, or also the https address of the proxy in front as api.public_url");
    }
    Map<String, Object> oidc =
        signIn.containsKey("oidc") ? file.mapping(signIn.get("oidc"), OIDC) : Map.of();
    Optional<SecretReference> secret =
        oidc.containsKey("client_secret")
            ? file.secret(oidc, OIDC, "client_secret")
            : Optional.empty();
    return new Settings.SignIn(
        new SignIn(
            listen,
            publicUrl,
            seconds("sign_in", signIn, "idle", SignIn.DEFAULT.idleSeconds()),
            seconds("sign_in", signIn, "longest", SignIn.DEFAULT.longestSeconds()),
            seconds("access_log", log, "keep", SignIn.DEFAULT.logSeconds()),
            signIn.containsKey("oidc") ? oidc(oidc) : Optional.empty()),
        secret);
  }

  private Optional<Oidc> oidc(Map<String, Object> section) {
    file.onlyFields(
        section,
        OIDC,
        Set.of(
            "issuer",
            "client_id",
            "client_secret",
            "label",
            "scopes",
            "name",
            "roles",
            "teams",
            "clearances"));
    if (!section.containsKey("issuer")) {
      file.report(OIDC + ".issuer", "it is missing", "Add it");
    }
    Optional<String> issuer = url(OIDC, section, "issuer");
    Optional<String> client = file.required(section, OIDC, "client_id");
    Map<String, Object> roles = part(section, "roles", Set.of("claim", "words", "default"));
    ClaimSource roleSource = source("roles", roles);
    List<String> defaults = words(roles, OIDC + ".roles", "default");
    roleSource.words().values().forEach(role -> checkRole(OIDC + ".roles.words", role));
    defaults.forEach(role -> checkRole(OIDC + ".roles.default", role));
    List<String> scopes = words(section, OIDC, "scopes");
    ClaimSource teams = source("teams", part(section, "teams", Set.of("claim", "words")));
    ClaimSource clearances =
        source("clearances", part(section, "clearances", Set.of("claim", "words")));
    if (issuer.isEmpty() || client.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        new Oidc(
            issuer.get(),
            client.get(),
            "",
            file.text(section, OIDC, "label").orElse("your organization"),
            scopes.isEmpty() ? List.of("openid", "profile", "email") : scopes,
            file.text(section, OIDC, "name").orElse("preferred_username"),
            roleSource,
            roles.containsKey("default") ? defaults : List.of("viewer"),
            teams,
            clearances));
  }

  private Map<String, Object> part(Map<String, Object> section, String field, Set<String> fields) {
    if (!section.containsKey(field)) {
      return Map.of();
    }
    Map<String, Object> part = file.mapping(section.get(field), OIDC + "." + field);
    file.onlyFields(part, OIDC + "." + field, fields);
    return part;
  }

  private ClaimSource source(String field, Map<String, Object> part) {
    Map<String, String> words = new LinkedHashMap<>();
    if (part.containsKey("words")) {
      file.mapping(part.get("words"), OIDC + "." + field + ".words")
          .forEach((from, to) -> words.put(from, String.valueOf(to)));
    }
    return new ClaimSource(file.text(part, OIDC + "." + field, "claim").orElse(""), words);
  }

  private void checkRole(String path, String role) {
    if (!ROLES.contains(role)) {
      file.report(
          path,
          "'" + role + "' is not a role",
          "Known are " + String.join(", ", ROLES.stream().sorted().toList()));
    }
  }

  private List<String> words(Map<String, Object> section, String path, String field) {
    Object value = section.get(field);
    if (value == null) {
      return List.of();
    }
    if (value instanceof List<?> list && list.stream().allMatch(String.class::isInstance)) {
      return list.stream().map(String.class::cast).toList();
    }
    file.report(path + "." + field, "it must be a list of words", "Write [a, b]");
    return List.of();
  }

  private Optional<String> url(String path, Map<String, Object> section, String field) {
    Optional<String> text = file.text(section, path, field);
    if (text.isEmpty()) {
      return Optional.empty();
    }
    String url = text.get().endsWith("/") ? text.get().replaceAll("/+$", "") : text.get();
    if (isUrl(url)) {
      return Optional.of(field.equals("issuer") ? text.get() : url);
    }
    file.report(
        path + "." + field,
        "it is no address that is safe to sign in at",
        "Write an https URL without parameters; http only for this machine");
    return Optional.empty();
  }

  private static boolean isUrl(String text) {
    try {
      URI uri = URI.create(text);
      return uri.getHost() != null
          && uri.getQuery() == null
          && uri.getFragment() == null
          && uri.getUserInfo() == null
          && ("https".equals(uri.getScheme())
              || "http".equals(uri.getScheme())
                  && Set.of("localhost", "127.0.0.1", "[::1]").contains(uri.getHost()));
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  private long seconds(String path, Map<String, Object> section, String field, long otherwise) {
    Optional<String> text = file.text(section, path, field);
    if (text.isEmpty()) {
      return otherwise;
    }
    Matcher time = TIME.matcher(text.get());
    if (!time.matches()) {
      file.report(
          path + "." + field, "'" + text.get() + "' is no time", "Write one such as 12h or 30d");
      return otherwise;
    }
    return Long.parseLong(time.group(1)) * UNITS.getOrDefault(time.group(2), 1L);
  }

  private static boolean isAny(String listen) {
    return listen.equals("0.0.0.0") || listen.equals("::");
  }

  private boolean isLoopback(String listen) {
    try {
      return InetAddress.getByName(listen).isLoopbackAddress();
    } catch (UnknownHostException e) {
      file.report("api.listen", "'" + listen + "' is no address", "Write an IP address");
      return true;
    }
  }

  /** Returns the settings with the secret's value. */
  static PlatformConfig.SignIn withSecret(SignIn signIn, String secret) {
    return new SignIn(
        signIn.listen(),
        signIn.publicUrl(),
        signIn.idleSeconds(),
        signIn.longestSeconds(),
        signIn.logSeconds(),
        signIn
            .oidc()
            .map(
                oidc ->
                    new Oidc(
                        oidc.issuer(),
                        oidc.clientId(),
                        secret,
                        oidc.label(),
                        oidc.scopes(),
                        oidc.nameClaim(),
                        oidc.roles(),
                        oidc.defaultRoles(),
                        oidc.teams(),
                        oidc.clearances())));
  }
}
