package dev.backlot.controller.access;

import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;
import org.springframework.core.MethodParameter;
import org.springframework.web.bind.support.WebDataBinderFactory;
import org.springframework.web.context.request.NativeWebRequest;
import org.springframework.web.context.request.RequestAttributes;
import org.springframework.web.context.request.RequestContextHolder;
import org.springframework.web.method.support.HandlerMethodArgumentResolver;
import org.springframework.web.method.support.ModelAndViewContainer;

/**
 * Gives controllers' methods the {@link Caller} of the request that they answer. A request that
 * nothing identified is nobody's.
 */
public final class Callers implements HandlerMethodArgumentResolver {
  private static final String ATTRIBUTE = Identified.class.getName();

  /** Returns what a request's credentials prove. */
  public static Identified identified(HttpServletRequest request) {
    return request.getAttribute(ATTRIBUTE) instanceof Identified identified
        ? identified
        : Identified.nobody("you are not signed in");
  }

  /** Returns who makes a request. */
  public static Caller of(HttpServletRequest request) {
    return identified(request)
        .caller()
        .orElseGet(() -> Caller.anonymous(String.valueOf(request.getRemoteAddr())));
  }

  /** Returns who makes the request that this thread answers; the platform when it answers none. */
  public static Caller current() {
    RequestAttributes request = RequestContextHolder.getRequestAttributes();
    return request == null ? Caller.platform() : of(request);
  }

  /** Notes what a request's credentials prove, for the rest of its life. */
  public static void set(HttpServletRequest request, Identified identified) {
    request.setAttribute(ATTRIBUTE, identified);
  }

  private static Caller of(RequestAttributes request) {
    return request.getAttribute(ATTRIBUTE, RequestAttributes.SCOPE_REQUEST)
            instanceof Identified identified
        ? identified.caller().orElseGet(() -> Caller.anonymous(""))
        : Caller.anonymous("");
  }

  @Override
  public boolean supportsParameter(MethodParameter parameter) {
    return parameter.getParameterType() == Caller.class;
  }

  @Override
  public Caller resolveArgument(
      MethodParameter parameter,
      @Nullable ModelAndViewContainer container,
      NativeWebRequest request,
      @Nullable WebDataBinderFactory binders) {
    return of(request);
  }
}
