package dev.backlot.spec;

import dev.backlot.model.spec.RouteSpec;
import dev.backlot.model.spec.Setting;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Writes routes in their canonical form. */
final class RouteWriter {
  private RouteWriter() {}

  static void write(RouteSpec spec, Map<String, Object> map) {
    map.put("type", MapReader.word(spec.target().type()));
    map.put("config", config(spec.target()));
    Map<String, Object> match = new LinkedHashMap<>();
    put(match, "owners", spec.match().owners());
    put(match, "severities", spec.match().severities().stream().map(MapReader::word).toList());
    put(match, "kinds", spec.match().kinds().stream().map(MapReader::word).toList());
    put(match, "pipelines", spec.match().pipelines());
    put(match, "connections", spec.match().connections());
    if (!match.isEmpty()) {
      map.put("match", match);
    }
    if (spec.remind() instanceof Setting.Said<?>) {
      spec.reminder().ifPresent(time -> map.put("remind", Quantities.formatDuration(time)));
    } else if (spec.remind() instanceof Setting.Off<?>) {
      map.put("remind", "off");
    }
  }

  private static Map<String, Object> config(RouteSpec.Target target) {
    Map<String, Object> config = new LinkedHashMap<>();
    if (target instanceof RouteSpec.Webhook webhook) {
      config.put("url", webhook.url());
      config.put("secret", SpecWriter.secret(webhook.secret()));
    } else if (target instanceof RouteSpec.Slack slack) {
      config.put("url", SpecWriter.secret(slack.url()));
    } else if (target instanceof RouteSpec.Email email) {
      config.put("host", email.host());
      config.put("port", email.port());
      config.put("tls", MapReader.word(email.tls()));
      config.put("from", email.from());
      config.put("to", email.to());
      email
          .login()
          .ifPresent(
              login -> {
                config.put("user", login.user());
                config.put("password", SpecWriter.secret(login.password()));
              });
    }
    return config;
  }

  private static void put(Map<String, Object> map, String field, List<String> words) {
    if (!words.isEmpty()) {
      map.put(field, words);
    }
  }
}
