package dev.backlot.controller.signin;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.jwk.source.JWKSource;
import com.nimbusds.jose.jwk.source.JWKSourceBuilder;
import com.nimbusds.jose.proc.BadJOSEException;
import com.nimbusds.jose.proc.JWSVerificationKeySelector;
import com.nimbusds.jose.proc.SecurityContext;
import com.nimbusds.jose.util.DefaultResourceRetriever;
import com.nimbusds.oauth2.sdk.AuthorizationCode;
import com.nimbusds.oauth2.sdk.AuthorizationCodeGrant;
import com.nimbusds.oauth2.sdk.GeneralException;
import com.nimbusds.oauth2.sdk.ParseException;
import com.nimbusds.oauth2.sdk.ResponseType;
import com.nimbusds.oauth2.sdk.Scope;
import com.nimbusds.oauth2.sdk.TokenRequest;
import com.nimbusds.oauth2.sdk.TokenResponse;
import com.nimbusds.oauth2.sdk.auth.ClientAuthenticationMethod;
import com.nimbusds.oauth2.sdk.auth.ClientSecretBasic;
import com.nimbusds.oauth2.sdk.auth.ClientSecretPost;
import com.nimbusds.oauth2.sdk.auth.Secret;
import com.nimbusds.oauth2.sdk.http.HTTPRequest;
import com.nimbusds.oauth2.sdk.id.ClientID;
import com.nimbusds.oauth2.sdk.id.Issuer;
import com.nimbusds.oauth2.sdk.id.State;
import com.nimbusds.oauth2.sdk.pkce.CodeChallengeMethod;
import com.nimbusds.oauth2.sdk.pkce.CodeVerifier;
import com.nimbusds.openid.connect.sdk.AuthenticationRequest;
import com.nimbusds.openid.connect.sdk.Nonce;
import com.nimbusds.openid.connect.sdk.OIDCTokenResponseParser;
import com.nimbusds.openid.connect.sdk.op.OIDCProviderMetadata;
import com.nimbusds.openid.connect.sdk.token.OIDCTokens;
import com.nimbusds.openid.connect.sdk.validators.IDTokenValidator;
import dev.backlot.model.platform.PlatformConfig.Oidc;
import java.io.IOException;
import java.net.URI;
import java.net.URL;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * An identity provider: the authorization code flow of OpenID Connect Core 1.0 with PKCE (RFC
 * 7636). What it publishes of itself is asked for at the first sign-in; its keys again whenever a
 * token is signed by one that is not known. Thread-safe.
 */
final class OidcProvider {
  private static final int PATIENCE_MILLIS = 10_000;
  private static final int LARGEST_DOCUMENT = 1024 * 1024;
  private static final long BETWEEN_KEY_REQUESTS_MILLIS = 5_000;

  /** Signed by a key that only the provider has; never none, never by a shared secret. */
  private static final Set<JWSAlgorithm> ALGORITHMS =
      Set.of(
          JWSAlgorithm.RS256,
          JWSAlgorithm.RS384,
          JWSAlgorithm.RS512,
          JWSAlgorithm.PS256,
          JWSAlgorithm.PS384,
          JWSAlgorithm.PS512,
          JWSAlgorithm.ES256,
          JWSAlgorithm.ES384,
          JWSAlgorithm.ES512);

  private final Oidc settings;
  private final ClientID client;
  private @Nullable Known known;

  OidcProvider(Oidc settings) {
    this.settings = settings;
    this.client = new ClientID(settings.clientId());
  }

  /** What was found out about the provider. */
  private record Known(OIDCProviderMetadata metadata, IDTokenValidator validator) {}

  /** What a browser begins with, and what its answer is held against. */
  record Begun(URI location, String state, String nonce, String verifier) {}

  /** The provider does not answer, or not as a provider does. */
  static final class UnreachableException extends Exception {
    private static final long serialVersionUID = 1L;

    UnreachableException(Throwable cause) {
      super(cause);
    }
  }

  /** What the provider or somebody in its name said proves nothing. */
  static final class RefusedException extends Exception {
    private static final long serialVersionUID = 1L;

    RefusedException(String message, @Nullable Throwable cause) {
      super(message, cause);
    }
  }

  Oidc settings() {
    return settings;
  }

  /** Returns where to send a browser. */
  Begun begin(URI callback) throws UnreachableException {
    CodeVerifier verifier = new CodeVerifier();
    State state = new State(32);
    Nonce nonce = new Nonce(32);
    URI location =
        new AuthenticationRequest.Builder(
                ResponseType.CODE,
                new Scope(settings.scopes().toArray(String[]::new)),
                client,
                callback)
            .endpointURI(known().metadata().getAuthorizationEndpointURI())
            .state(state)
            .nonce(nonce)
            .codeChallenge(verifier, CodeChallengeMethod.S256)
            .build()
            .toURI();
    return new Begun(location, state.getValue(), nonce.getValue(), verifier.getValue());
  }

  /** Exchanges a code for what the provider says of the person. */
  Map<String, Object> claims(String code, Begun begun, URI callback)
      throws UnreachableException, RefusedException {
    Known provider = known();
    OIDCTokens tokens = tokens(provider.metadata(), code, begun, callback);
    if (tokens.getIDToken() == null) {
      throw new RefusedException("the answer has no ID token", null);
    }
    try {
      return provider
          .validator()
          .validate(tokens.getIDToken(), new Nonce(begun.nonce()))
          .toJSONObject();
    } catch (BadJOSEException | JOSEException e) {
      throw new RefusedException("the ID token is not valid: " + e.getMessage(), e);
    }
  }

  private OIDCTokens tokens(OIDCProviderMetadata metadata, String code, Begun begun, URI callback)
      throws UnreachableException, RefusedException {
    AuthorizationCodeGrant grant =
        new AuthorizationCodeGrant(
            new AuthorizationCode(code), callback, new CodeVerifier(begun.verifier()));
    URI endpoint = metadata.getTokenEndpointURI();
    HTTPRequest request;
    if (settings.clientSecret().isEmpty()) {
      request = new TokenRequest.Builder(endpoint, client, grant).build().toHTTPRequest();
    } else {
      Secret secret = new Secret(settings.clientSecret());
      List<ClientAuthenticationMethod> methods = metadata.getTokenEndpointAuthMethods();
      boolean onlyPost =
          methods != null
              && !methods.contains(ClientAuthenticationMethod.CLIENT_SECRET_BASIC)
              && methods.contains(ClientAuthenticationMethod.CLIENT_SECRET_POST);
      request =
          new TokenRequest.Builder(
                  endpoint,
                  onlyPost
                      ? new ClientSecretPost(client, secret)
                      : new ClientSecretBasic(client, secret),
                  grant)
              .build()
              .toHTTPRequest();
    }
    request.setConnectTimeout(PATIENCE_MILLIS);
    request.setReadTimeout(PATIENCE_MILLIS);
    request.setFollowRedirects(false);
    try {
      TokenResponse response = OIDCTokenResponseParser.parse(request.send());
      if (!response.indicatesSuccess()) {
        throw new RefusedException(
            "the code was refused: " + response.toErrorResponse().getErrorObject().getCode(), null);
      }
      return ((com.nimbusds.openid.connect.sdk.OIDCTokenResponse) response.toSuccessResponse())
          .getOIDCTokens();
    } catch (IOException e) {
      throw new UnreachableException(e);
    } catch (ParseException e) {
      throw new RefusedException("the answer is no token response", e);
    }
  }

  private synchronized Known known() throws UnreachableException {
    Known found = known;
    if (found == null) {
      try {
        Issuer issuer = new Issuer(settings.issuer());
        OIDCProviderMetadata metadata =
            OIDCProviderMetadata.resolve(issuer, PATIENCE_MILLIS, PATIENCE_MILLIS);
        found = new Known(metadata, validator(issuer, metadata));
        known = found;
      } catch (IOException | GeneralException | IllegalArgumentException e) {
        throw new UnreachableException(e);
      }
    }
    return found;
  }

  private IDTokenValidator validator(Issuer issuer, OIDCProviderMetadata metadata)
      throws IOException {
    URL keys = Objects.requireNonNull(metadata.getJWKSetURI(), "no jwks_uri").toURL();
    JWKSource<SecurityContext> source =
        JWKSourceBuilder.<SecurityContext>create(
                keys,
                new DefaultResourceRetriever(PATIENCE_MILLIS, PATIENCE_MILLIS, LARGEST_DOCUMENT))
            .rateLimited(BETWEEN_KEY_REQUESTS_MILLIS)
            .retrying(true)
            .build();
    Set<JWSAlgorithm> accepted = new HashSet<>(ALGORITHMS);
    Optional.ofNullable(metadata.getIDTokenJWSAlgs()).ifPresent(accepted::retainAll);
    return new IDTokenValidator(
        issuer, client, new JWSVerificationKeySelector<>(accepted, source), null);
  }
}
