package dev.backlot.capture.postgres.catalog;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import javax.net.ssl.SSLSocketFactory;

/**
 * Hands the driver, which makes one by name, the encrypted sockets of the connection that a token
 * stands for.
 */
public final class TlsSockets extends SSLSocketFactory {
  private static final Map<String, SSLSocketFactory> FACTORIES = new ConcurrentHashMap<>();

  private final SSLSocketFactory factory;

  /** Makes the factory of this token, which must be registered. */
  public TlsSockets(String token) {
    SSLSocketFactory registered = FACTORIES.get(token);
    if (registered == null) {
      throw new IllegalStateException("The attempt to connect is over");
    }
    this.factory = registered;
  }

  /** Returns a token for a factory, valid until {@link #unregister}. */
  static String register(SSLSocketFactory factory) {
    String token = UUID.randomUUID().toString();
    FACTORIES.put(token, factory);
    return token;
  }

  static void unregister(String token) {
    FACTORIES.remove(token);
  }

  @Override
  public String[] getDefaultCipherSuites() {
    return factory.getDefaultCipherSuites();
  }

  @Override
  public String[] getSupportedCipherSuites() {
    return factory.getSupportedCipherSuites();
  }

  @Override
  public Socket createSocket(Socket socket, String host, int port, boolean close)
      throws IOException {
    return factory.createSocket(socket, host, port, close);
  }

  @Override
  public Socket createSocket(String host, int port) throws IOException {
    return factory.createSocket(host, port);
  }

  @Override
  public Socket createSocket(String host, int port, InetAddress local, int localPort)
      throws IOException {
    return factory.createSocket(host, port, local, localPort);
  }

  @Override
  public Socket createSocket(InetAddress host, int port) throws IOException {
    return factory.createSocket(host, port);
  }

  @Override
  public Socket createSocket(InetAddress host, int port, InetAddress local, int localPort)
      throws IOException {
    return factory.createSocket(host, port, local, localPort);
  }
}
