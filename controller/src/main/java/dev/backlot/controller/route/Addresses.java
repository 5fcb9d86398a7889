package dev.backlot.controller.route;

import dev.backlot.controller.route.Sender.SendException;
import dev.backlot.model.spec.EndpointAddress;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.Optional;

/** Looks at where a name leads before anything is sent there; it may have changed since. */
final class Addresses {
  private Addresses() {}

  static void checkUrl(String url) throws SendException {
    Optional<String> refusal = EndpointAddress.refusal(url);
    if (refusal.isPresent()) {
      throw new SendException("its address must not be called: " + refusal.get());
    }
    checkHost(URI.create(url).getHost());
  }

  static void checkHost(String host) throws SendException {
    try {
      for (InetAddress address : InetAddress.getAllByName(host)) {
        Optional<String> refusal = EndpointAddress.refusal(address);
        if (refusal.isPresent()) {
          throw new SendException("its address must not be called: " + refusal.get());
        }
      }
    } catch (UnknownHostException e) {
      throw new SendException("its host's name is unknown");
    }
  }
}
