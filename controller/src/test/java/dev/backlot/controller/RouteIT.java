package dev.backlot.controller;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.icegreen.greenmail.util.GreenMail;
import com.icegreen.greenmail.util.GreenMailUtil;
import com.icegreen.greenmail.util.ServerSetup;
import dev.backlot.controller.TestPlatform.Answer;
import dev.backlot.controller.TestPlatform.Said;
import dev.backlot.metadata.CaptureStore;
import dev.backlot.metadata.MetadataDatabase;
import jakarta.mail.MessagingException;
import jakarta.mail.internet.MimeMessage;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.Map;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Incidents reach real receivers: once, together, in order, and whatever dies meanwhile. */
class RouteIT {
  private static final String SECRET = "a secret of some length";
  private static TestPlatform platform;

  @BeforeAll
  static void start() throws IOException {
    platform = new TestPlatform();
    Files.writeString(platform.config.secretsDir().resolve("hook"), SECRET + "\n");
    Files.writeString(platform.config.secretsDir().resolve("mail"), "opensesame");
  }

  @AfterAll
  static void stop() {
    platform.close();
  }

  private static ConditionFactory soon() {
    return await().atMost(Duration.ofSeconds(60)).pollInterval(Duration.ofMillis(200));
  }

  private static void apply(String document) {
    Answer answer = platform.apply(document);
    assertThat(answer.status()).as("%s", answer.body()).isEqualTo(200);
  }

  private static void connection(String name) {
    platform.capture(name, "movie");
    apply(
        """
        apiVersion: backlot/v1
        kind: Connection
        name: %s
        owner: %s_team
        type: postgresql
        config: {host: localhost, database: d, user: u, password: {env: BACKLOT_SECRET_X}}
        tables: {include: [public.movie]}
        """
            .formatted(name, name));
  }

  private static String webhook(String name, String url, String more) {
    return """
        apiVersion: backlot/v1
        kind: Route
        name: %s
        type: webhook
        config: {url: "%s", secret: {file: hook}}
        %s
        """
        .formatted(name, url, more);
  }

  private static void capture(String connection, CaptureStore.State state, String code) {
    capture(connection, state, code, "{}");
  }

  private static void capture(
      String connection, CaptureStore.State state, String code, String details) {
    try (MetadataDatabase metadata = MetadataDatabase.open(platform.config.metadata())) {
      String reason = code.isEmpty() ? "" : "Something <b>bad</b> & more.";
      metadata.captures().putStatus(connection, state, code, reason, details, 1);
    }
  }

  private static void loseSlot(String connection) {
    capture(connection, CaptureStore.State.FAILED, "CONNECTION_SLOT_LOST");
  }

  @Test
  void a_receiver_that_was_down_hears_once_and_in_order() throws IOException {
    connection("early");
    try (Receiver receiver = new Receiver(SECRET)) {
      receiver.status = 503;
      apply(webhook("down", receiver.url(), "match: {owners: [early_team]}"));
      loseSlot("early");
      soon().until(() -> receiver.requests.get() > 0);
      Map<?, ?> status =
          soon()
              .until(
                  () -> (Map<?, ?>) platform.get("/api/v1/routes/down").at("status"),
                  shown -> "failing".equals(shown.get("state")));
      assertThat(status.get("reason")).isEqualTo("it answered with status 503");
      capture("early", CaptureStore.State.RUNNING, "");
      soon().until(() -> status("down", "waiting").equals(2));

      // Whoever sends dies; what was to be said is not forgotten.
      platform.controller.close();
      receiver.status = 200;
      platform.controller = Controller.start(platform.config);

      soon().until(() -> receiver.about("recovered", "early").size() == 1);
      assertThat(receiver.messages)
          .extracting(message -> message.path("what").asText())
          .containsExactly("opened", "recovered");
      JsonNode opened = receiver.messages.get(0);
      assertThat(opened.path("title").asText())
          .isEqualTo("[critical] slot lost: connection 'early'");
      assertThat(opened.at("/incidents/0/owner").asText()).isEqualTo("early_team");
      assertThat(opened.at("/incidents/0/summary").asText())
          .isEqualTo("Something <b>bad</b> & more.");
      assertThat(receiver.unsigned).isEmpty();
      soon().until(() -> status("down", "state").equals("ready"));
      platform.call("DELETE", "/api/v1/routes/down", null);
      soon().until(() -> platform.get("/api/v1/routes/down").status() == 404);
    }
  }

  private static Object status(String route, String field) {
    return platform.get("/api/v1/routes/" + route).at("status", field);
  }

  @Test
  void what_happens_to_one_connection_at_once_is_one_message() throws IOException {
    connection("many");
    try (Receiver receiver = new Receiver(SECRET)) {
      apply(webhook("together", receiver.url(), "match: {connections: [many]}"));
      StringBuilder tables = new StringBuilder();
      for (int i = 0; i < 10; i++) {
        tables.append(i == 0 ? "" : ", ");
        tables.append("\"public.t").append(i).append("\": {\"code\": \"X\", \"reason\": \"No.\"}");
      }
      capture("many", CaptureStore.State.RUNNING, "", "{\"tables\": {" + tables + "}}");

      soon().until(() -> !receiver.messages.isEmpty());
      JsonNode message = receiver.messages.get(0);
      assertThat(Receiver.subjects(message)).hasSize(10).contains("many.public.t7");
      assertThat(message.path("title").asText())
          .startsWith("[critical] table refused: source 'many.public.t0'")
          .endsWith("and 7 more");

      capture("many", CaptureStore.State.RUNNING, "");

      soon().until(() -> receiver.messages.size() > 1);
      assertThat(receiver.messages).hasSize(2);
      assertThat(Receiver.subjects(receiver.messages.get(1))).hasSize(10);
      assertThat(receiver.messages.get(1).path("what").asText()).isEqualTo("recovered");
    }
  }

  @Test
  void who_is_not_heard_is_reminded_until_somebody_looks_after_it() throws IOException {
    connection("nagging");
    try (Receiver receiver = new Receiver(SECRET)) {
      apply(webhook("nag", receiver.url(), "match: {owners: [nagging_team]}\nremind: 2s"));
      loseSlot("nagging");

      soon().until(() -> receiver.about("reminder", "nagging").size() >= 2);
      assertThat(receiver.about("opened", "nagging")).hasSize(1);
      String id = receiver.messages.get(0).at("/incidents/0/id").asText();
      assertThat(platform.run("acknowledge", "incident", id).exitCode()).isZero();

      capture("nagging", CaptureStore.State.RUNNING, "");
      soon().until(() -> receiver.about("recovered", "nagging").size() == 1);
      assertThat(receiver.messages.get(receiver.messages.size() - 1).path("what").asText())
          .isEqualTo("recovered");
    }
  }

  @Test
  void slack_and_mail_get_what_they_can_read() throws Exception {
    connection("loud");
    GreenMail mail = new GreenMail(new ServerSetup(0, "localhost", ServerSetup.PROTOCOL_SMTP));
    mail.setUser("backlot@example.org", "backlot", "opensesame");
    mail.start();
    try (Receiver slack = new Receiver("")) {
      Files.writeString(platform.config.secretsDir().resolve("slack"), slack.url());
      apply(
          """
          apiVersion: backlot/v1
          kind: Route
          name: channel
          type: slack
          config: {url: {file: slack}}
          match: {kinds: [slot_lost], owners: [loud_team]}
          ---
          apiVersion: backlot/v1
          kind: Route
          name: letters
          type: email
          config:
            host: localhost
            port: %d
            tls: none
            from: backlot@example.org
            to: [ops@example.org, night@example.org]
            user: backlot
            password: {file: mail}
          match: {owners: [loud_team]}
          """
              .formatted(mail.getSmtp().getPort()));
      loseSlot("loud");

      soon().until(() -> !slack.messages.isEmpty());
      assertThat(slack.messages.get(0).path("text").asText())
          .startsWith("*[critical] slot lost: connection 'loud'*\nIncident ")
          .contains("Something &lt;b&gt;bad&lt;/b&gt; &amp; more.");
      soon().until(() -> mail.getReceivedMessages().length == 2);
      assertMail(mail.getReceivedMessages()[0]);

      Said tested = platform.run("test", "route", "letters");
      assertThat(tested.exitCode()).as(tested.err()).isZero();
      assertThat(tested.out())
          .startsWith("route letters delivered: the mail server took it for ops@example.org");
      mail.stop();
      Said failed = platform.run("test", "route", "letters");
      assertThat(failed.exitCode()).isEqualTo(1);
      assertThat(failed.err())
          .startsWith("Cannot test route 'letters': the mail server could not be used:")
          .contains("[ROUTE_UNREACHABLE]");
    } finally {
      mail.stop();
    }
  }

  private static void assertMail(MimeMessage message) throws MessagingException {
    assertThat(message.getSubject()).isEqualTo("Backlot: [critical] slot lost: connection 'loud'");
    assertThat(message.getAllRecipients())
        .extracting(Object::toString)
        .containsExactly("ops@example.org", "night@example.org");
    assertThat(message.getHeader("Auto-Submitted")).containsExactly("auto-generated");
    assertThat(message.getMessageID()).startsWith("<letters.").endsWith("@backlot>");
    assertThat(GreenMailUtil.getBody(message)).contains("Something <b>bad</b> & more.");
  }

  @Test
  void a_test_says_what_the_receiver_said() throws IOException {
    try (Receiver receiver = new Receiver(SECRET)) {
      apply(webhook("tried", receiver.url(), "match: {owners: [nobody]}"));

      Said delivered = platform.run("test", "route", "tried");
      receiver.status = 500;
      Said refused = platform.run("test", "route", "tried");

      assertThat(delivered.out())
          .startsWith("route tried delivered: it answered with status 200 (");
      assertThat(receiver.messages.get(0).path("what").asText()).isEqualTo("test");
      assertThat(refused.exitCode()).isEqualTo(1);
      assertThat(refused.err())
          .isEqualTo(
              "Cannot test route 'tried': it answered with status 500. Mend the receiver or the"
                  + " route's config and test it again. [ROUTE_UNREACHABLE]\n");
      assertThat(receiver.unsigned).isEmpty();
      assertThat(platform.run("get", "routes").out()).contains("tried", "webhook", "ready");
      assertThat(platform.run("describe", "route", "tried").out()).contains("url: ");
    }
  }

  @Test
  void a_route_that_cannot_work_is_refused() {
    Answer secretless =
        platform.apply(webhook("a", "http://localhost:1/", "").replace("hook}", "no}"));
    Answer thief = platform.apply(webhook("b", "http://169.254.169.254/latest", ""));

    assertThat(secretless.status()).isEqualTo(422);
    assertThat(secretless.at("problems", 0, "code")).isEqualTo("CONNECTION_SECRET_MISSING");
    assertThat(thief.at("problems", 0, "code")).isEqualTo("ENDPOINT_ADDRESS_REFUSED");
    assertThat(platform.get("/api/v1/routes/a").status()).isEqualTo(404);
  }
}
