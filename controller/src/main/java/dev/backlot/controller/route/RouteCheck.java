package dev.backlot.controller.route;

import dev.backlot.model.Problem;
import dev.backlot.model.ProblemException;
import dev.backlot.model.spec.RouteSpec;
import dev.backlot.model.spec.SecretReference;
import java.util.ArrayList;
import java.util.List;

/** Preflights a route: whether its secrets are there. Nothing is sent. */
public final class RouteCheck {
  private final RouteSecrets secrets;

  /** Checks with these secrets. */
  public RouteCheck(RouteSecrets secrets) {
    this.secrets = secrets;
  }

  /** Returns what is missing, each problem at the route's document. */
  public List<Problem> check(RouteSpec route) {
    List<SecretReference> needed = new ArrayList<>();
    if (route.target() instanceof RouteSpec.Webhook webhook) {
      needed.add(webhook.secret());
    } else if (route.target() instanceof RouteSpec.Slack slack) {
      needed.add(slack.url());
    } else if (route.target() instanceof RouteSpec.Email email) {
      email.login().ifPresent(login -> needed.add(login.password()));
    }
    List<Problem> problems = new ArrayList<>();
    for (SecretReference reference : needed) {
      try {
        secrets.resolve(reference);
      } catch (ProblemException e) {
        e.problems().forEach(problem -> problems.add(problem.at(route.header().place())));
      }
    }
    return problems;
  }
}
