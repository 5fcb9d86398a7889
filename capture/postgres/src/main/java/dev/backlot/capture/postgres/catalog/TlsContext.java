package dev.backlot.capture.postgres.catalog;

import dev.backlot.capture.secret.Secrets;
import dev.backlot.model.ProblemCode;
import dev.backlot.model.ProblemException;
import dev.backlot.model.spec.ConnectionSpec.Tls;
import dev.backlot.model.spec.ConnectionSpec.TlsMode;
import dev.backlot.model.spec.SecretReference;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/**
 * Makes what encrypts a connection out of texts in PEM. Nothing is written to disk, and each
 * connection reads the texts anew, so that renewed certificates count.
 */
final class TlsContext {
  private static final Pattern KEY =
      Pattern.compile("-----BEGIN PRIVATE KEY-----([A-Za-z0-9+/=\\s]+)-----END PRIVATE KEY-----");
  private static final List<String> KEY_KINDS = List.of("RSA", "EC", "Ed25519", "Ed448");
  private static final char[] IN_MEMORY = "memory".toCharArray();

  private TlsContext() {}

  /**
   * Makes the factory of encrypted sockets.
   *
   * @throws ProblemException CONNECTION_TLS when a text is not what it should be
   */
  static SSLSocketFactory factory(Tls tls, Secrets secrets) {
    KeyManager @Nullable [] own = null;
    if (tls.certificate().isPresent() && tls.key().isPresent()) {
      own = own(secrets, tls.certificate().get(), tls.key().get());
    }
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(own, trusted(tls, secrets), null);
      return context.getSocketFactory();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("This Java runtime does not know TLS", e);
    }
  }

  private static TrustManager @Nullable [] trusted(Tls tls, Secrets secrets) {
    Optional<SecretReference> root = tls.rootCertificate();
    boolean verifies = tls.mode() == TlsMode.VERIFY_CA || tls.mode() == TlsMode.VERIFY_FULL;
    if (!verifies && (tls.mode() != TlsMode.REQUIRE || root.isEmpty())) {
      return new TrustManager[] {new Anyone()};
    }
    if (root.isEmpty()) {
      return null;
    }
    try {
      KeyStore roots = KeyStore.getInstance(KeyStore.getDefaultType());
      roots.load(null, null);
      int count = 0;
      for (Certificate certificate : certificates(secrets, root.get(), "root_certificate")) {
        roots.setCertificateEntry("root-" + count++, certificate);
      }
      TrustManagerFactory factory =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      factory.init(roots);
      return factory.getTrustManagers();
    } catch (GeneralSecurityException | IOException e) {
      throw unusable("root_certificate", root.get(), e);
    }
  }

  private static KeyManager[] own(
      Secrets secrets, SecretReference certificate, SecretReference key) {
    Certificate[] chain =
        certificates(secrets, certificate, "certificate").toArray(Certificate[]::new);
    PrivateKey own = key(secrets, key);
    try {
      KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
      store.load(null, null);
      store.setKeyEntry("own", own, IN_MEMORY, chain);
      KeyManagerFactory factory =
          KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
      factory.init(store, IN_MEMORY);
      return factory.getKeyManagers();
    } catch (GeneralSecurityException | IOException e) {
      throw unusable("certificate", certificate, e);
    }
  }

  private static Collection<? extends Certificate> certificates(
      Secrets secrets, SecretReference reference, String field) {
    byte[] pem = secrets.resolve(reference).getBytes(StandardCharsets.UTF_8);
    try {
      Collection<? extends Certificate> certificates =
          CertificateFactory.getInstance("X.509")
              .generateCertificates(new ByteArrayInputStream(pem));
      if (certificates.isEmpty()) {
        throw unusable(field, reference, null);
      }
      return certificates;
    } catch (GeneralSecurityException e) {
      throw unusable(field, reference, e);
    }
  }

  private static PrivateKey key(Secrets secrets, SecretReference reference) {
    Matcher pem = KEY.matcher(secrets.resolve(reference));
    if (pem.find()) {
      PKCS8EncodedKeySpec encoded =
          new PKCS8EncodedKeySpec(Base64.getMimeDecoder().decode(pem.group(1)));
      for (String kind : KEY_KINDS) {
        try {
          return KeyFactory.getInstance(kind).generatePrivate(encoded);
        } catch (InvalidKeySpecException e) {
          continue;
        } catch (GeneralSecurityException e) {
          throw unusable("key", reference, e);
        }
      }
    }
    throw new ProblemException(
        ProblemCode.CONNECTION_TLS,
        "Cannot read key '"
            + name(reference)
            + "': it is not an unencrypted key in PKCS #8. Convert it: openssl pkcs8 -topk8 -nocrypt"
            + " -in KEY -out NEW.");
  }

  private static ProblemException unusable(
      String field, SecretReference reference, @Nullable Throwable cause) {
    String message =
        "Cannot read "
            + field.replace('_', ' ')
            + " '"
            + name(reference)
            + "': it holds no certificate in PEM. Correct config.tls."
            + field
            + ".";
    return cause == null
        ? new ProblemException(ProblemCode.CONNECTION_TLS, message)
        : new ProblemException(ProblemCode.CONNECTION_TLS, message, cause);
  }

  private static String name(SecretReference reference) {
    return reference instanceof SecretReference.FromEnvironment variable
        ? variable.variable()
        : ((SecretReference.FromFile) reference).name();
  }

  /** Believes every server, as the modes that only encrypt ask for. */
  private static final class Anyone extends X509ExtendedTrustManager {
    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type) {}

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) {}

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }
}
