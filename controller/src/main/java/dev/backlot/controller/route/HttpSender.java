package dev.backlot.controller.route;

import dev.backlot.controller.web.Json;
import dev.backlot.model.ProblemException;
import dev.backlot.model.spec.RouteSpec;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Map;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** Posts messages: signed JSON to webhooks, Slack's format to Slack. */
final class HttpSender implements Sender {
  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final String ALGORITHM = "HmacSHA256";

  private final HttpClient client =
      HttpClient.newBuilder()
          .connectTimeout(PATIENCE)
          .followRedirects(HttpClient.Redirect.NEVER)
          .build();
  private final RouteSecrets secrets;

  HttpSender(RouteSecrets secrets) {
    this.secrets = secrets;
  }

  @Override
  public String send(RouteSpec route, Message message) throws SendException, InterruptedException {
    if (route.target() instanceof RouteSpec.Webhook webhook) {
      byte[] body = message.json().getBytes(StandardCharsets.UTF_8);
      String timestamp = Long.toString(Instant.now().getEpochSecond());
      HttpRequest.Builder request =
          request(webhook.url(), body)
              .header("Backlot-Delivery", message.id())
              .header("Backlot-Timestamp", timestamp)
              .header(
                  "Backlot-Signature", "sha256=" + signature(resolve(webhook), timestamp, body));
      return post(request.build());
    }
    RouteSpec.Slack slack = (RouteSpec.Slack) route.target();
    byte[] body = Json.write(Map.of("text", slackText(message))).getBytes(StandardCharsets.UTF_8);
    return post(request(resolve(slack), body).build());
  }

  private String resolve(RouteSpec.Webhook webhook) throws SendException {
    try {
      return secrets.resolve(webhook.secret());
    } catch (ProblemException e) {
      throw new SendException(e.problems().get(0).message());
    }
  }

  private String resolve(RouteSpec.Slack slack) throws SendException {
    try {
      return secrets.resolve(slack.url());
    } catch (ProblemException e) {
      throw new SendException(e.problems().get(0).message());
    }
  }

  private static HttpRequest.Builder request(String url, byte[] body) throws SendException {
    Addresses.checkUrl(url);
    return HttpRequest.newBuilder(URI.create(url))
        .timeout(PATIENCE)
        .header("Content-Type", "application/json")
        .header("User-Agent", "Backlot")
        .POST(HttpRequest.BodyPublishers.ofByteArray(body));
  }

  private String post(HttpRequest request) throws SendException, InterruptedException {
    try {
      int status = client.send(request, HttpResponse.BodyHandlers.discarding()).statusCode();
      if (status / 100 != 2) {
        throw new SendException("it answered with status " + status);
      }
      return "it answered with status " + status;
    } catch (HttpTimeoutException e) {
      throw new SendException("it did not answer within " + PATIENCE.toSeconds() + " s");
    } catch (ConnectException e) {
      throw new SendException("nothing answers at its address");
    } catch (IOException e) {
      throw new SendException("the connection broke (" + e.getClass().getSimpleName() + ")");
    }
  }

  /** Returns the HMAC (RFC 2104) of {@code timestamp.body} in hexadecimal digits. */
  static String signature(String secret, String timestamp, byte[] body) {
    try {
      Mac mac = Mac.getInstance(ALGORITHM);
      mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), ALGORITHM));
      mac.update((timestamp + ".").getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(mac.doFinal(body));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("Every Java has " + ALGORITHM, e);
    }
  }

  private static String slackText(Message message) {
    StringBuilder text = new StringBuilder("*").append(escaped(message.title())).append('*');
    message.paragraphs().forEach(line -> text.append('\n').append(escaped(line)));
    return text.toString();
  }

  /** The three characters that Slack gives a meaning. */
  private static String escaped(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
  }
}
