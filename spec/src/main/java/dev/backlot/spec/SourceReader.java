package dev.backlot.spec;

import dev.backlot.model.source.PublishedName;
import dev.backlot.model.source.SourceName;
import dev.backlot.model.spec.SourceSpec;
import dev.backlot.model.spec.SourceSpec.FieldNote;
import dev.backlot.model.spec.SpecHeader;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/** Reads what people say about a Source. */
final class SourceReader {
  private static final Pattern TAG = Pattern.compile("[a-z][a-z0-9_-]{0,49}");

  private SourceReader() {}

  static SourceSpec read(SpecHeader header, MapReader map) {
    String domain = map.string("domain").orElse("");
    MapReader fields = map.map("fields");
    Map<String, FieldNote> notes = new LinkedHashMap<>();
    for (String name : List.copyOf(fields.fields())) {
      notes.put(name, note(fields.map(name)));
    }
    return new SourceSpec(header, domain, notes);
  }

  private static FieldNote note(MapReader field) {
    FieldNote note =
        new FieldNote(
            field.string("description").orElse(""), field.string("unit").orElse(""), tags(field));
    field.finish();
    return note;
  }

  private static List<String> tags(MapReader field) {
    Set<String> tags = new LinkedHashSet<>();
    for (MapReader.Element element : field.elements("tags")) {
      for (String tag : field.text(element).stream().toList()) {
        if (TAG.matcher(tag).matches()) {
          tags.add(tag);
        } else {
          field.invalid(element.node(), element.path(), "'" + tag + "' is not a tag", advice(tag));
        }
      }
    }
    return new ArrayList<>(tags);
  }

  private static String advice(String tag) {
    String better = tag.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9_-]+", "-");
    return TAG.matcher(better).matches()
        ? "Use small letters, digits, - and _, such as '" + better + "'."
        : "Use small letters, digits, - and _, at most 50, such as 'pii'.";
  }

  /** Returns a Source's name as it is stored, whatever quotes stand around its parts. */
  static String name(String name, MapReader map) {
    if (PublishedName.is(name)) {
      return name;
    }
    try {
      return SourceName.parse(name).toString();
    } catch (IllegalArgumentException e) {
      map.invalid("name", "'" + name + "' is not a Source's name", MapReader.sentence(e));
      return name;
    }
  }
}
