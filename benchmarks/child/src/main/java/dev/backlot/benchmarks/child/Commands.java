package dev.backlot.benchmarks.child;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/**
 * The child's end: obeys one line of standard input after the other, answers each by one line, and
 * returns when the input ends, which also happens when the parent dies.
 */
public final class Commands {
  /** What an answer's line begins with; everything else that the child prints is its log. */
  static final String ANSWER = "@answer ";

  static final String FAILURE = "@failure ";

  private Commands() {}

  /** Does what one line asks for. */
  public interface Command {
    /**
     * Obeys.
     *
     * @param words behind the command's name
     * @return the answer, of one line
     */
    String obey(String[] words) throws Exception;
  }

  /** Obeys until the input ends. */
  public static void serve(Map<String, Command> commands) throws IOException {
    BufferedReader in =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      String[] words = line.split(" ");
      Command command = commands.get(words[0]);
      try {
        if (command == null) {
          throw new IllegalArgumentException("no command " + words[0]);
        }
        String[] rest = new String[words.length - 1];
        System.arraycopy(words, 1, rest, 0, rest.length);
        System.out.println(ANSWER + command.obey(rest));
      } catch (Exception e) {
        e.printStackTrace();
        System.out.println(FAILURE + String.valueOf(e).replace('\n', ' '));
      }
    }
  }
}
