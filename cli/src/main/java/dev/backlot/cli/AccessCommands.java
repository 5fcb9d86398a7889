package dev.backlot.cli;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** Users and tokens: {@code create}, {@code disable}, {@code enable}, {@code reset}. */
final class AccessCommands {
  private AccessCommands() {}

  /** {@code create user NAME} and {@code create token NAME}. */
  @Command(
      name = "create",
      description = {
        "Creates a user or a token; what it prints is shown this once.",
        "Without a password a user gets a random one. A token of the command line is a service's."
      },
      mixinStandardHelpOptions = true)
  static final class Create extends OnAccess {
    @Option(
        names = "--role",
        paramLabel = "ROLE",
        description = "viewer, builder, owner, admin or engine; may be repeated.")
    private List<String> roles = new ArrayList<>();

    @Option(names = "--team", paramLabel = "TEAM", description = "May be repeated.")
    private List<String> teams = new ArrayList<>();

    @Option(
        names = "--clearance",
        paramLabel = "TAG",
        description = "Whose fields are not masked; * for all. May be repeated.")
    private List<String> clearances = new ArrayList<>();

    @Option(
        names = "--expires",
        paramLabel = "TIME",
        description = "After how long a token ends, such as 90d.")
    private String expires = "";

    @Option(names = "--full-name", paramLabel = "TEXT", description = "Of a user.")
    private String fullName = "";

    @Override
    public Integer call() {
      check();
      Map<String, @Nullable Object> request = new LinkedHashMap<>();
      request.put("name", name);
      request.put("roles", roles);
      request.put("teams", teams);
      request.put("clearances", clearances);
      if (kind == Kind.USER) {
        request.put("full_name", fullName);
      } else {
        request.put("expires", expires);
      }
      Map<String, @Nullable Object> answer = main.api().post(kind.path(), request);
      main.out.println(Values.text(answer.get(kind == Kind.USER ? "password" : "token")));
      return 0;
    }
  }

  /** The user or token that a command is about. */
  abstract static class OnAccess implements Callable<Integer> {
    @ParentCommand Main main;
    @CommandLine.Spec CommandLine.Model.CommandSpec spec;

    @Parameters(index = "0", paramLabel = "KIND", description = "user or token.")
    Kind kind = Kind.USER;

    @Parameters(index = "1", paramLabel = "NAME")
    String name = "";

    void check() {
      if (kind != Kind.USER && kind != Kind.TOKEN) {
        throw new CommandLine.ParameterException(
            spec.commandLine(), "it is for users and tokens, not for a " + kind.noun());
      }
    }

    int onUser(String verb, String done) {
      if (kind != Kind.USER) {
        throw new CommandLine.ParameterException(
            spec.commandLine(), "it is for users, not for a " + kind.noun());
      }
      main.api().post(kind.path(name) + "/" + verb, Map.of());
      main.out.println("user " + name + " " + done);
      return 0;
    }
  }

  @Command(
      name = "disable",
      description = "Keeps a user from signing in, and ends its sessions and tokens.",
      mixinStandardHelpOptions = true)
  static final class Disable extends OnAccess {
    @Override
    public Integer call() {
      return onUser("disable", "disabled");
    }
  }

  @Command(
      name = "enable",
      description = "Lets a disabled user sign in again.",
      mixinStandardHelpOptions = true)
  static final class Enable extends OnAccess {
    @Override
    public Integer call() {
      return onUser("enable", "enabled");
    }
  }

  @Command(
      name = "reset",
      description = "Gives a user a new random password, which is shown this once.",
      mixinStandardHelpOptions = true)
  static final class Reset extends OnAccess {
    @Override
    public Integer call() {
      if (kind != Kind.USER) {
        throw new CommandLine.ParameterException(
            spec.commandLine(), "it is for users, not for a " + kind.noun());
      }
      Map<String, @Nullable Object> answer =
          main.api().post(kind.path(name) + "/reset-password", Map.of());
      main.out.println(Values.text(answer.get("password")));
      return 0;
    }
  }

  /** {@code sign-in-link [USER]}. */
  @Command(
      name = "sign-in-link",
      description = "Prints a link that signs a browser in, once and within ten minutes.",
      mixinStandardHelpOptions = true)
  static final class SignInLink implements Callable<Integer> {
    @ParentCommand private Main main;

    @Parameters(index = "0", arity = "0..1", paramLabel = "USER", description = "Else admin.")
    private String user = "admin";

    @Override
    public Integer call() {
      Map<String, @Nullable Object> answer =
          main.api().post(Kind.USER.path(user) + "/sign-in-link", Map.of());
      main.out.println(Values.text(answer.get("url")));
      return 0;
    }
  }
}
