package dev.backlot.controller.access;

import dev.backlot.controller.access.AccessLog.Subject;
import dev.backlot.metadata.AccessLogStore.Outcome;
import dev.backlot.model.Problem;
import dev.backlot.model.ProblemCode;
import dev.backlot.model.ProblemException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.servlet.HandlerInterceptor;
import org.springframework.web.servlet.HandlerMapping;
import org.springframework.web.servlet.resource.ResourceHttpRequestHandler;

/**
 * Lets a request through to its handler when the route's {@link Rule} allows it to its caller, and
 * writes what is done into the access log. It judges the route that was found, not the text of the
 * address, so that no way of writing an address evades it. Thread-safe.
 */
public final class Gate implements HandlerInterceptor {
  private static final String ENTRY = Gate.class.getName() + ".entry";

  private static final String DETAIL = Gate.class.getName() + ".detail";

  /** Marks what a page that is left open asks again by itself. */
  private static final String WATCH_HEADER = "X-Backlot-Watch";

  private static final Set<String> SAFE = Set.of("GET", "HEAD", "OPTIONS");

  private final Rules rules;
  private final Ownership ownership;
  private final AccessLog log;
  private final Set<Class<?>> pages;
  private final Repeats repeats = new Repeats(Clock.systemUTC());

  /**
   * Guards every route.
   *
   * @param pages controllers that give the same files to everybody
   */
  public Gate(Rules rules, Ownership ownership, AccessLog log, Set<Class<?>> pages) {
    this.rules = rules;
    this.ownership = ownership;
    this.log = log;
    this.pages = Set.copyOf(pages);
  }

  @Override
  public boolean preHandle(
      HttpServletRequest request, HttpServletResponse response, Object handler) {
    if (handler instanceof ResourceHttpRequestHandler
        || handler instanceof HandlerMethod method && pages.contains(method.getBeanType())) {
      return true;
    }
    if (request.getAttribute(ENTRY) != null) {
      return true;
    }
    String path =
        String.valueOf(request.getAttribute(HandlerMapping.BEST_MATCHING_PATTERN_ATTRIBUTE));
    enter(request, response, path);
    return true;
  }

  /**
   * Lets a request through, or not.
   *
   * @param path of the rule
   * @throws ProblemException when it is not allowed
   */
  public void enter(HttpServletRequest request, HttpServletResponse response, String path) {
    Rule rule =
        rules
            .find(request.getMethod(), path)
            .orElseGet(() -> Rule.unknown(request.getMethod(), path));
    if (rule.isOpen()) {
      return;
    }
    Identified identified = Callers.identified(request);
    identified
        .failure()
        .ifPresent(
            failure -> {
              throw failure;
            });
    if (identified.caller().isEmpty()) {
      response.setHeader("WWW-Authenticate", "Bearer realm=\"backlot\"");
      throw new ProblemException(
          ProblemCode.UNAUTHENTICATED,
          "Cannot answer the request: "
              + identified.cause()
              + ". Sign in at /sign-in, or send a token as 'Authorization: Bearer …'; the command"
              + " line takes it from BACKLOT_TOKEN or --data-dir.");
    }
    Caller caller = identified.caller().get();
    Subject named = subject(request, rule);
    refuse(rule, caller, named, refusal(request, rule, identified, caller, named));
    Subject subject = rule.own() ? ownership.subject(named.kind(), named.name()) : named;
    refuse(rule, caller, subject, otherTeam(rule, caller, subject));
    boolean again =
        SAFE.contains(request.getMethod())
            && request.getHeader(WATCH_HEADER) != null
            && !repeats.isNews(caller, rule.action(), subject);
    if (!rule.action().isEmpty() && !again) {
      request.setAttribute(ENTRY, log.begin(caller, rule.action(), subject, Map.of()));
    }
  }

  private Optional<Problem> refusal(
      HttpServletRequest request,
      Rule rule,
      Identified identified,
      Caller caller,
      Subject subject) {
    if (rule.isUnknown()) {
      return forbidden("Cannot answer the request: no rule says who may make it. Report this.");
    }
    if (!SAFE.contains(request.getMethod())
        && identified.csrf().isPresent()
        && !equal(identified.csrf().get(), request.getHeader(Identified.CSRF_HEADER))) {
      return forbidden(
          "Cannot answer the request: it does not show that this page sent it. Send the session's"
              + " 'csrf' as header "
              + Identified.CSRF_HEADER
              + ", or reload the page.");
    }
    String what =
        rule.action().isEmpty()
            ? "answer the request"
            : rule.action()
                + " "
                + subject.kind()
                + (subject.name().isEmpty() ? "" : " '" + subject.name() + "'");
    if (rule.roles().stream().noneMatch(caller::has)) {
      return forbidden(
          "Cannot "
              + what
              + ": it needs the role "
              + rule.roles().stream().map(Role::label).sorted().collect(Collectors.joining(" or "))
              + ", and "
              + (caller.roles().isEmpty()
                  ? "you have none"
                  : "you have "
                      + caller.roles().stream()
                          .map(Role::label)
                          .sorted()
                          .collect(Collectors.joining(", ")))
              + ". Ask an admin for it.");
    }
    return Optional.empty();
  }

  private static Optional<Problem> otherTeam(Rule rule, Caller caller, Subject subject) {
    return rule.own() && !caller.isIn(subject.owner())
        ? Optional.of(
            Ownership.notOwn(rule.action(), subject.kind(), subject.name(), subject.owner()))
        : Optional.empty();
  }

  private void refuse(Rule rule, Caller caller, Subject subject, Optional<Problem> problem) {
    if (problem.isPresent()) {
      if (!rule.action().isEmpty()) {
        log.recordRefusal(caller, rule.action(), subject, Map.of());
      }
      throw new ProblemException(List.of(problem.get()));
    }
  }

  private static Optional<Problem> forbidden(String message) {
    return Optional.of(Problem.of(ProblemCode.FORBIDDEN, message));
  }

  private Subject subject(HttpServletRequest request, Rule rule) {
    Map<?, ?> variables =
        request.getAttribute(HandlerMapping.URI_TEMPLATE_VARIABLES_ATTRIBUTE)
                instanceof Map<?, ?> map
            ? map
            : Map.of();
    String kind =
        rule.kind().equals("{kind}") ? String.valueOf(variables.get("kind")) : rule.kind();
    String name = rule.variable().isEmpty() ? "" : String.valueOf(variables.get(rule.variable()));
    return Subject.of(Ownership.noun(kind), name);
  }

  private static boolean equal(String expected, @Nullable String shown) {
    return shown != null
        && MessageDigest.isEqual(
            expected.getBytes(StandardCharsets.UTF_8), shown.getBytes(StandardCharsets.UTF_8));
  }

  /** Adds to the access log's entry of a request that is being answered; no secrets. */
  public static void note(HttpServletRequest request, String key, Object value) {
    Map<String, Object> detail = detail(request);
    detail.put(key, value);
    request.setAttribute(DETAIL, detail);
  }

  private static Map<String, Object> detail(HttpServletRequest request) {
    Map<String, Object> copy = new LinkedHashMap<>();
    if (request.getAttribute(DETAIL) instanceof Map<?, ?> map) {
      map.forEach((key, value) -> copy.put(String.valueOf(key), value));
    }
    return copy;
  }

  @Override
  public void afterCompletion(
      HttpServletRequest request,
      HttpServletResponse response,
      Object handler,
      @Nullable Exception e) {
    leave(request, e == null && response.getStatus() < 400, response.getStatus());
  }

  /** Says what became of a request that {@link #enter} let through. */
  public void leave(HttpServletRequest request, boolean done, int status) {
    if (request.getAttribute(ENTRY) instanceof Long id) {
      request.removeAttribute(ENTRY);
      Map<String, Object> detail = detail(request);
      if (!done) {
        detail.put("status", status);
      }
      log.finish(id, done ? Outcome.DONE : Outcome.FAILED, detail);
    }
  }
}
