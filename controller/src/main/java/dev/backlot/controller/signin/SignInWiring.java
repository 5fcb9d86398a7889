package dev.backlot.controller.signin;

import dev.backlot.controller.access.AccessLog;
import dev.backlot.metadata.MetadataDatabase;
import dev.backlot.model.platform.PlatformConfig;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;

/** Who needs whom of what finds out who calls. */
@Configuration(proxyBeanMethods = false)
public class SignInWiring {
  @Bean
  Addresses addresses(PlatformConfig config) {
    return new Addresses(!config.signIn().publicUrl().isEmpty());
  }

  @Bean
  Accounts accounts(MetadataDatabase metadata) {
    Accounts accounts = new Accounts(metadata.accounts(), new Passwords());
    accounts.addFirst();
    return accounts;
  }

  @Bean
  Sessions sessions(MetadataDatabase metadata, PlatformConfig config) {
    return new Sessions(metadata.sessions(), metadata.accounts().installation(), config.signIn());
  }

  @Bean
  Identification identification(
      MetadataDatabase metadata, Sessions sessions, Addresses addresses, PlatformConfig config) {
    return new Identification(
        metadata.accessTokens(), sessions, addresses, operator(config.dataDir().resolve("token")));
  }

  /** A controller without the file is reached with other tokens only. */
  private static Optional<String> operator(Path file) {
    try {
      return Files.isReadable(file)
          ? Optional.of(Files.readString(file).strip()).filter(token -> token.length() >= 32)
          : Optional.empty();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Bean
  FilterRegistrationBean<Identification> identificationFilter(Identification identification) {
    FilterRegistrationBean<Identification> registration =
        new FilterRegistrationBean<>(identification);
    registration.setOrder(Ordered.HIGHEST_PRECEDENCE + 1);
    registration.setAsyncSupported(true);
    return registration;
  }

  @Bean
  SessionResource sessionResource(
      Accounts accounts,
      Sessions sessions,
      MetadataDatabase metadata,
      AccessLog log,
      Addresses addresses,
      PlatformConfig config) {
    return new SessionResource(
        accounts,
        sessions,
        metadata.sessions(),
        new Attempts(Clock.systemUTC()),
        log,
        addresses,
        config.signIn().oidc().map(PlatformConfig.Oidc::label));
  }

  @Bean
  OidcResource oidcResource(
      Accounts accounts,
      Sessions sessions,
      AccessLog log,
      Addresses addresses,
      PlatformConfig config) {
    return new OidcResource(
        config.signIn().oidc().map(OidcProvider::new),
        accounts,
        sessions,
        log,
        addresses,
        config.signIn().publicUrl(),
        Clock.systemUTC());
  }

  @Bean
  UserResource userResource(Accounts accounts, MetadataDatabase metadata, PlatformConfig config) {
    return new UserResource(accounts, metadata.sessions(), config.signIn().publicUrl());
  }

  @Bean
  TokenResource tokenResource(MetadataDatabase metadata) {
    return new TokenResource(metadata.accessTokens());
  }

  @Bean(initMethod = "start")
  Upkeep signInUpkeep(Sessions sessions, MetadataDatabase metadata, PlatformConfig config) {
    return new Upkeep(
        sessions, metadata.accessLog(), Duration.ofSeconds(config.signIn().logSeconds()));
  }
}
