package dev.backlot.model.spec;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * Which addresses an endpoint may have. Link-local and cloud-metadata addresses are refused, since
 * whoever may write a document could read a machine's credentials there; loopback and private
 * networks are where graphs usually are.
 */
public final class EndpointAddress {
  private static final Set<String> METADATA_NAMES =
      Set.of("metadata", "metadata.google.internal", "metadata.goog", "instance-data");

  /** Metadata services that are not link-local: Amazon over IPv6, Alibaba, Oracle. */
  private static final List<byte[]> METADATA_ADDRESSES =
      List.of(
          new byte[] {(byte) 0xfd, 0, 0x0e, (byte) 0xc2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0x54},
          new byte[] {100, 100, 100, (byte) 200},
          new byte[] {(byte) 192, 0, 0, (byte) 192});

  private EndpointAddress() {}

  /** Returns why a URL can't be an endpoint's, a clause without a final stop; or nothing. */
  public static Optional<String> refusal(String url) {
    URI uri;
    try {
      uri = new URI(url);
    } catch (URISyntaxException e) {
      return Optional.of("it is not a URL");
    }
    String scheme = uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
    if (!scheme.equals("http") && !scheme.equals("https")) {
      return Optional.of("it does not begin with http:// or https://");
    }
    String host = uri.getHost();
    if (host == null) {
      return Optional.of("it names no host");
    }
    if (uri.getRawUserInfo() != null) {
      return Optional.of("it holds a user or password");
    }
    String name = host.toLowerCase(Locale.ROOT).replaceAll("\\.$", "");
    if (METADATA_NAMES.contains(name)) {
      return Optional.of("'" + host + "' is a cloud's metadata service");
    }
    return isLiteral(name) ? refusalOfLiteral(name) : Optional.empty();
  }

  /** Returns why an address must not be called, a clause without a final stop; or nothing. */
  public static Optional<String> refusal(InetAddress address) {
    byte[] bytes = address.getAddress();
    if (bytes.length == 16 && isTranslated(bytes)) {
      bytes = Arrays.copyOfRange(bytes, 12, 16);
    }
    byte[] plain = bytes;
    if (METADATA_ADDRESSES.stream().anyMatch(known -> Arrays.equals(known, plain))) {
      return Optional.of("its address is a cloud's metadata service");
    }
    boolean linkLocal =
        bytes.length == 4
            ? bytes[0] == (byte) 169 && bytes[1] == (byte) 254
            : address.isLinkLocalAddress();
    if (linkLocal) {
      return Optional.of("its address is link-local");
    }
    return address.isMulticastAddress() || address.isAnyLocalAddress()
        ? Optional.of("its address is not that of one machine")
        : Optional.empty();
  }

  /** NAT64 carries an IPv4 address in its last four bytes (RFC 6052). */
  private static boolean isTranslated(byte[] bytes) {
    return bytes[0] == 0 && bytes[1] == 0x64 && bytes[2] == (byte) 0xff && bytes[3] == (byte) 0x9b;
  }

  private static boolean isLiteral(String host) {
    return host.startsWith("[") || host.matches("[0-9a-fx.]*[0-9][0-9a-fx.]*") && isNumeric(host);
  }

  /** Digits and dots, or hexadecimal and octal spellings, which resolvers read as addresses. */
  private static boolean isNumeric(String host) {
    return Arrays.stream(host.split("\\.")).allMatch(part -> part.matches("0x[0-9a-f]+|[0-9]+"));
  }

  private static Optional<String> refusalOfLiteral(String host) {
    if (!host.startsWith("[") && !host.matches("(0|[1-9][0-9]{0,2})(\\.(0|[1-9][0-9]{0,2})){3}")) {
      return Optional.of("its host is an address in an unusual spelling");
    }
    try {
      // A literal is not looked up.
      InetAddress address = InetAddress.getByName(host);
      return address instanceof Inet6Address || host.contains(".")
          ? refusal(address)
          : Optional.empty();
    } catch (java.net.UnknownHostException e) {
      return Optional.of("its host is not an address");
    }
  }
}
