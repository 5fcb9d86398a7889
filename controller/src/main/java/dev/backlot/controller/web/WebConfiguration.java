package dev.backlot.controller.web;

import dev.backlot.model.platform.PlatformConfig;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import org.apache.catalina.connector.Connector;
import org.apache.coyote.AbstractProtocol;
import org.apache.coyote.http11.AbstractHttp11Protocol;
import org.apache.tomcat.util.buf.EncodedSolidusHandling;
import org.springframework.boot.tomcat.servlet.TomcatServletWebServerFactory;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.boot.web.servlet.ServletRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;
import org.springframework.http.CacheControl;
import org.springframework.http.converter.ByteArrayHttpMessageConverter;
import org.springframework.http.converter.HttpMessageConverter;
import org.springframework.http.converter.ResourceHttpMessageConverter;
import org.springframework.http.converter.StringHttpMessageConverter;
import org.springframework.web.context.WebApplicationContext;
import org.springframework.web.servlet.DispatcherServlet;
import org.springframework.web.servlet.config.annotation.EnableWebMvc;
import org.springframework.web.servlet.config.annotation.ResourceHandlerRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

/**
 * Spring MVC on Tomcat, set up by hand: nothing is scanned or configured by guessing, which keeps
 * the start short and the process small.
 */
@Configuration(proxyBeanMethods = false)
@EnableWebMvc
public class WebConfiguration implements WebMvcConfigurer {
  private static final int MOST_THREADS = 24;

  private final PlatformConfig config;

  WebConfiguration(PlatformConfig config) {
    this.config = config;
  }

  @Bean
  TomcatServletWebServerFactory webServer() {
    TomcatServletWebServerFactory factory = new TomcatServletWebServerFactory(config.apiPort());
    factory.setAddress(address(config.signIn().listen()));
    factory.setRegisterDefaultServlet(false);
    factory.addConnectorCustomizers(WebConfiguration::customize);
    return factory;
  }

  private static InetAddress address(String listen) {
    try {
      return InetAddress.getByName(listen);
    } catch (UnknownHostException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void customize(Connector connector) {
    // names of Sources and subjects may contain any character
    connector.setEncodedSolidusHandling(EncodedSolidusHandling.PASS_THROUGH.getValue());
    connector.setEncodedReverseSolidusHandling(EncodedSolidusHandling.PASS_THROUGH.getValue());
    connector.setMaxPostSize(64 * 1024 * 1024);
    if (connector.getProtocolHandler() instanceof AbstractHttp11Protocol<?> http) {
      http.setCompression("on");
      http.setCompressionMinSize(4096);
      // streams of events are not among them: each event must leave at once
      http.setCompressibleMimeType(
          "text/html,text/css,text/javascript,application/javascript,image/svg+xml,application/json");
    }
    if (connector.getProtocolHandler() instanceof AbstractProtocol<?> protocol) {
      protocol.setMaxThreads(MOST_THREADS);
      protocol.setMinSpareThreads(2);
    }
  }

  @Bean
  ServletRegistrationBean<DispatcherServlet> dispatcher(WebApplicationContext context) {
    ServletRegistrationBean<DispatcherServlet> registration =
        new ServletRegistrationBean<>(new DispatcherServlet(context), "/");
    registration.setName("dispatcher");
    registration.setLoadOnStartup(1);
    registration.setAsyncSupported(true);
    return registration;
  }

  @Bean
  FilterRegistrationBean<LoopbackGuard> guard() {
    FilterRegistrationBean<LoopbackGuard> registration =
        new FilterRegistrationBean<>(new LoopbackGuard(config.signIn().publicUrl()));
    registration.setOrder(Ordered.HIGHEST_PRECEDENCE);
    registration.setAsyncSupported(true);
    return registration;
  }

  @Bean
  ProblemAdvice problemAdvice(PageResource page) {
    return new ProblemAdvice(page);
  }

  @Bean
  PageResource pageResource() {
    return new PageResource(config);
  }

  @Override
  @SuppressWarnings({"deprecation", "removal"})
  public void configureMessageConverters(List<HttpMessageConverter<?>> converters) {
    converters.add(new ByteArrayHttpMessageConverter());
    converters.add(new StringHttpMessageConverter(java.nio.charset.StandardCharsets.UTF_8));
    converters.add(new ResourceHttpMessageConverter());
    converters.add(new JsonConverter());
  }

  @Override
  public void addResourceHandlers(ResourceHandlerRegistry registry) {
    String root = config.uiDir().toUri().toString();
    String directory = root.endsWith("/") ? root : root + "/";
    registry
        .addResourceHandler("/assets/**")
        .addResourceLocations(directory + "assets/")
        .setCacheControl(CacheControl.maxAge(java.time.Duration.ofDays(365)).immutable());
    registry
        .addResourceHandler("/*.*")
        .addResourceLocations(directory)
        .setCacheControl(CacheControl.noCache());
  }
}
