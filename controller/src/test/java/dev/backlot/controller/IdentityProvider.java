package dev.backlot.controller;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.PlainJWT;
import com.nimbusds.jwt.SignedJWT;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.backlot.controller.web.Json;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/**
 * An OpenID Connect provider as the standard has it, with PKCE checked; and one that can be told to
 * lie, as an attacker's answers would.
 */
final class IdentityProvider implements AutoCloseable {
  static final String CLIENT = "backlot";
  static final String SECRET = "a secret of at least 32 bytes, shared by two";

  private final HttpServer server;
  private final Map<String, Map<String, String>> codes = new ConcurrentHashMap<>();
  private RSAKey key = newKey();
  private RSAKey published = key;
  private volatile Map<String, Object> claims = Map.of();
  private volatile Lie lie = Lie.NONE;

  /** What is wrong with the next ID token. */
  enum Lie {
    NONE,
    OTHER_NONCE,
    NO_NONCE,
    EXPIRED,
    UNSIGNED,
    SHARED_SECRET,
    FOREIGN_KEY,
    OTHER_AUDIENCE,
    OTHER_ISSUER,
    NO_TOKEN,
    SERVER_ERROR
  }

  IdentityProvider() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/.well-known/openid-configuration", this::metadata);
    server.createContext("/authorize", this::authorize);
    server.createContext("/token", this::token);
    server.createContext(
        "/keys", exchange -> answer(exchange, 200, new JWKSet(published).toString()));
    server.start();
  }

  String issuer() {
    return "http://localhost:" + server.getAddress().getPort();
  }

  /** Says who comes next. */
  void person(String subject, Map<String, Object> said) {
    Map<String, Object> all = new LinkedHashMap<>(said);
    all.put("sub", subject);
    claims = all;
    lie = Lie.NONE;
  }

  void lie(Lie next) {
    lie = next;
  }

  /** Signs with another key from now on, which it publishes instead. */
  void rotate() {
    key = newKey();
    published = key;
  }

  private void metadata(HttpExchange exchange) throws IOException {
    answer(
        exchange,
        200,
        Json.write(
            Map.of(
                "issuer", issuer(),
                "authorization_endpoint", issuer() + "/authorize",
                "token_endpoint", issuer() + "/token",
                "jwks_uri", issuer() + "/keys",
                "response_types_supported", List.of("code"),
                "subject_types_supported", List.of("public"),
                "id_token_signing_alg_values_supported", List.of("RS256", "HS256", "none"),
                "code_challenge_methods_supported", List.of("S256"))));
  }

  private void authorize(HttpExchange exchange) throws IOException {
    Map<String, String> asked = form(exchange.getRequestURI().getRawQuery());
    boolean proper =
        CLIENT.equals(asked.get("client_id"))
            && "code".equals(asked.get("response_type"))
            && "S256".equals(asked.get("code_challenge_method"))
            && asked.getOrDefault("scope", "").contains("openid");
    if (!proper) {
      answer(exchange, 400, "{}");
      return;
    }
    String code = UUID.randomUUID().toString();
    codes.put(code, asked);
    exchange
        .getResponseHeaders()
        .add(
            "Location",
            asked.get("redirect_uri") + "?code=" + code + "&state=" + asked.get("state"));
    exchange.sendResponseHeaders(302, -1);
    exchange.close();
  }

  private void token(HttpExchange exchange) throws IOException {
    String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
    Map<String, String> asked = form(body);
    Map<String, String> begun = codes.remove(asked.getOrDefault("code", ""));
    String basic =
        "Basic "
            + Base64.getEncoder()
                .encodeToString(
                    (CLIENT + ":" + java.net.URLEncoder.encode(SECRET, StandardCharsets.UTF_8))
                        .getBytes(StandardCharsets.UTF_8));
    boolean proper =
        begun != null
            && basic.equals(exchange.getRequestHeaders().getFirst("Authorization"))
            && begun.get("redirect_uri").equals(asked.get("redirect_uri"))
            && begun.get("code_challenge").equals(challenge(asked.get("code_verifier")));
    if (!proper) {
      answer(exchange, 400, "{\"error\":\"invalid_grant\"}");
      return;
    }
    if (lie == Lie.SERVER_ERROR) {
      answer(exchange, 500, "<html>");
      return;
    }
    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put("access_token", UUID.randomUUID().toString());
    answer.put("token_type", "Bearer");
    if (lie != Lie.NO_TOKEN) {
      answer.put("id_token", idToken(begun.get("nonce")));
    }
    answer(exchange, 200, Json.write(answer));
  }

  private String idToken(String nonce) {
    Instant now = Instant.now();
    JWTClaimsSet.Builder set = new JWTClaimsSet.Builder();
    claims.forEach(set::claim);
    set.issuer(lie == Lie.OTHER_ISSUER ? "https://evil.example" : issuer())
        .audience(lie == Lie.OTHER_AUDIENCE ? "another" : CLIENT)
        .issueTime(Date.from(now.minusSeconds(lie == Lie.EXPIRED ? 7200 : 0)))
        .expirationTime(Date.from(now.plusSeconds(lie == Lie.EXPIRED ? -3600 : 300)));
    if (lie != Lie.NO_NONCE) {
      set.claim("nonce", lie == Lie.OTHER_NONCE ? "n".repeat(43) : nonce);
    }
    try {
      if (lie == Lie.UNSIGNED) {
        return new PlainJWT(set.build()).serialize();
      }
      if (lie == Lie.SHARED_SECRET) {
        SignedJWT token = new SignedJWT(new JWSHeader(JWSAlgorithm.HS256), set.build());
        token.sign(new MACSigner(SECRET));
        return token.serialize();
      }
      RSAKey signer = lie == Lie.FOREIGN_KEY ? foreign(key.getKeyID()) : key;
      SignedJWT token =
          new SignedJWT(
              new JWSHeader.Builder(JWSAlgorithm.RS256).keyID(signer.getKeyID()).build(),
              set.build());
      token.sign(new RSASSASigner(signer));
      return token.serialize();
    } catch (JOSEException e) {
      throw new IllegalStateException(e);
    }
  }

  private static RSAKey foreign(String id) throws JOSEException {
    return new RSAKeyGenerator(2048).keyID(id).generate();
  }

  private static RSAKey newKey() {
    try {
      return new RSAKeyGenerator(2048).keyID(UUID.randomUUID().toString()).generate();
    } catch (JOSEException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String challenge(String verifier) {
    try {
      return Base64.getUrlEncoder()
          .withoutPadding()
          .encodeToString(
              MessageDigest.getInstance("SHA-256")
                  .digest(String.valueOf(verifier).getBytes(StandardCharsets.US_ASCII)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  static Map<String, String> form(String text) {
    Map<String, String> form = new LinkedHashMap<>();
    for (String pair : text.split("&")) {
      int equals = pair.indexOf('=');
      if (equals > 0) {
        form.put(
            URLDecoder.decode(pair.substring(0, equals), StandardCharsets.UTF_8),
            URLDecoder.decode(pair.substring(equals + 1), StandardCharsets.UTF_8));
      }
    }
    return form;
  }

  /** Returns where a browser is sent that asks for an address. */
  static String visit(String url) throws IOException {
    java.net.HttpURLConnection connection =
        (java.net.HttpURLConnection) URI.create(url).toURL().openConnection();
    connection.setInstanceFollowRedirects(false);
    if (connection.getResponseCode() != 302) {
      throw new IOException(url + " gave " + connection.getResponseCode());
    }
    return connection.getHeaderField("Location");
  }

  private static void answer(HttpExchange exchange, int status, String body) throws IOException {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().add("Content-Type", "application/json");
    exchange.sendResponseHeaders(status, bytes.length);
    exchange.getResponseBody().write(bytes);
    exchange.close();
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
