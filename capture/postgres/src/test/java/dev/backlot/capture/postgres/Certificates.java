package dev.backlot.capture.postgres;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/** An authority of our own, which vouches for servers and logins; made with the JDK's keytool. */
final class Certificates {
  private static final String SECRET = "changeit";

  private final Path directory;

  Certificates(Path directory) {
    this.directory = directory;
  }

  /** Makes an authority, and writes its certificate to {@code <name>.pem}. */
  void authority(String name) {
    pair(name, List.of("-ext", "bc:c"));
    keytool("-exportcert", "-alias", name, "-rfc", "-file", file(name + ".pem"));
  }

  /**
   * Makes a pair, and writes {@code <name>.pem}, signed by the authority, and {@code <name>.key}.
   */
  void signed(String name, String authority, String... extensions) {
    pair(name, List.of());
    keytool("-certreq", "-alias", name, "-file", file(name + ".csr"));
    List<String> sign =
        new ArrayList<>(
            List.of("-gencert", "-alias", authority, "-rfc", "-infile", file(name + ".csr")));
    sign.addAll(List.of("-outfile", file(name + ".pem")));
    sign.addAll(List.of(extensions));
    keytool(sign.toArray(String[]::new));
    try (InputStream in = Files.newInputStream(directory.resolve("store.p12"))) {
      KeyStore store = KeyStore.getInstance("PKCS12");
      store.load(in, SECRET.toCharArray());
      Key key = store.getKey(name, SECRET.toCharArray());
      Path written = directory.resolve(name + ".key");
      Files.writeString(
          written,
          "-----BEGIN PRIVATE KEY-----\n"
              + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(key.getEncoded())
              + "\n-----END PRIVATE KEY-----\n");
      Files.setPosixFilePermissions(written, PosixFilePermissions.fromString("rw-------"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private void pair(String name, List<String> extensions) {
    List<String> command =
        new ArrayList<>(List.of("-genkeypair", "-alias", name, "-dname", "CN=" + name));
    command.addAll(List.of("-keyalg", "EC", "-groupname", "secp256r1", "-validity", "30"));
    command.addAll(extensions);
    keytool(command.toArray(String[]::new));
  }

  private String file(String name) {
    return directory.resolve(name).toString();
  }

  private void keytool(String... arguments) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
    command.addAll(List.of(arguments));
    command.addAll(List.of("-keystore", file("store.p12"), "-storetype", "PKCS12"));
    command.addAll(List.of("-storepass", SECRET));
    try {
      Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
      String said = new String(process.getInputStream().readAllBytes());
      if (process.waitFor() != 0) {
        throw new IllegalStateException(command + ": " + said);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
