package dev.backlot.controller.route;

import dev.backlot.controller.route.Sender.SendException;
import dev.backlot.metadata.MetadataDatabase;
import dev.backlot.model.ProblemCode;
import dev.backlot.model.ProblemException;
import dev.backlot.model.spec.RouteSpec;
import java.time.Instant;
import java.util.Map;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

/** Trying out routes. */
@RestController
public final class RouteResource {
  private final Routes routes;
  private final Messenger messenger;

  /** Sends through this messenger. */
  public RouteResource(MetadataDatabase metadata, Messenger messenger) {
    this.routes = new Routes(metadata.documents());
    this.messenger = messenger;
  }

  /** Sends a test at once, and only once. */
  @PostMapping("/api/v1/routes/{name}/test")
  Map<String, Object> test(@PathVariable String name) throws InterruptedException {
    RouteSpec route =
        routes
            .find(name)
            .orElseThrow(
                () ->
                    new ProblemException(
                        ProblemCode.NOT_FOUND,
                        "Cannot test route '"
                            + name
                            + "': there is none of this name. See `backlot get routes`."));
    long begin = System.nanoTime();
    try {
      String said = messenger.send(route, Message.test(name, Instant.now()));
      long millis = (System.nanoTime() - begin) / 1_000_000;
      return Map.of("outcome", "delivered", "detail", said, "millis", millis);
    } catch (SendException e) {
      throw new ProblemException(
          ProblemCode.ROUTE_UNREACHABLE,
          "Cannot test route '"
              + name
              + "': "
              + e.reason().replaceAll("\\.$", "")
              + ". Mend the receiver or the route's config and test it again.");
    }
  }
}
