package dev.backlot.controller.source;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * Guesses from names which tags a field might need. For people to judge; nothing is masked by it.
 */
public final class TagSuggestions {
  private static final Map<String, List<Set<String>>> WORDS = new LinkedHashMap<>();
  private static final Set<String> PEOPLE =
      Set.of(
          "person",
          "people",
          "talent",
          "user",
          "users",
          "customer",
          "customers",
          "employee",
          "employees",
          "contact",
          "contacts",
          "crew",
          "actor",
          "actors",
          "cast",
          "member",
          "members",
          "patient",
          "patients",
          "guest",
          "guests",
          "staff");
  private static final Pattern SPLIT = Pattern.compile("[^\\p{L}\\p{N}]+|(?<=[a-z])(?=[A-Z])");

  static {
    WORDS.put(
        "pii",
        sets(
            "email",
            "mail",
            "phone",
            "mobile",
            "telephone",
            "fax",
            "surname",
            "birthday",
            "birthdate",
            "dob",
            "ssn",
            "passport",
            "address",
            "street",
            "zip",
            "postcode",
            "iban",
            "gender",
            "ethnicity",
            "nationality",
            "first name",
            "last name",
            "full name",
            "given name",
            "family name",
            "maiden name",
            "middle name",
            "birth date",
            "date birth",
            "e mail",
            "tax id",
            "national id",
            "social security",
            "postal code",
            "ip address",
            "licence number",
            "license number"));
    WORDS.put(
        "finance",
        sets(
            "salary",
            "wage",
            "wages",
            "bonus",
            "compensation",
            "payroll",
            "iban",
            "bic",
            "swift",
            "cvv",
            "fee",
            "pay rate",
            "day rate",
            "hourly rate",
            "account number",
            "card number",
            "credit card",
            "bank account",
            "routing number"));
    WORDS.put("secret", sets("password", "passwd", "secret", "token", "api key", "private key"));
  }

  private TagSuggestions() {}

  private static List<Set<String>> sets(String... phrases) {
    List<Set<String>> sets = new ArrayList<>();
    for (String phrase : phrases) {
      sets.add(Set.of(phrase.split(" ")));
    }
    return sets;
  }

  /**
   * Returns tags that a field might need, sorted.
   *
   * @param table the table's name, which may tell what a mere {@code name} is of
   */
  public static List<String> of(String table, String field) {
    Set<String> words = words(field);
    Set<String> found = new TreeSet<>();
    WORDS.forEach(
        (tag, phrases) -> {
          if (phrases.stream().anyMatch(words::containsAll)) {
            found.add(tag);
          }
        });
    if (words.equals(Set.of("name")) && words(table).stream().anyMatch(PEOPLE::contains)) {
      found.add("pii");
    }
    return List.copyOf(found);
  }

  private static Set<String> words(String name) {
    Set<String> words = new TreeSet<>();
    for (String word : SPLIT.split(name)) {
      if (!word.isEmpty()) {
        words.add(word.toLowerCase(Locale.ROOT));
      }
    }
    return words;
  }
}
