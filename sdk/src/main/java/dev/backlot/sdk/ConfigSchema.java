package dev.backlot.sdk;

import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a step's config holds, derived from the record that it is read into, as a JSON Schema (draft
 * 2020-12, in plain JSON values). Forms, documentation and completion are made from it.
 *
 * <p>A component's type says what it is: {@code String}, {@code boolean}, {@code
 * Optional<Integer>}, {@code List<String>}, {@code Map<String, String>} or another such record;
 * {@link Setting} says the rest. Names in configs are written with underscores.
 */
public final class ConfigSchema {
  private ConfigSchema() {}

  /**
   * Returns the schema of a config.
   *
   * @throws IllegalArgumentException when a component has a type that configs don't have
   */
  public static Map<String, Object> of(Class<? extends Record> config) {
    Map<String, Object> properties = new LinkedHashMap<>();
    List<String> required = new ArrayList<>();
    for (RecordComponent component : config.getRecordComponents()) {
      Setting setting = setting(component);
      Map<String, Object> property = property(component.getGenericType(), setting);
      properties.put(name(component), Collections.unmodifiableMap(property));
      if (setting.required()) {
        required.add(name(component));
      }
    }
    Map<String, Object> schema = new LinkedHashMap<>();
    schema.put("type", "object");
    schema.put("properties", Collections.unmodifiableMap(properties));
    schema.put("required", List.copyOf(required));
    schema.put("additionalProperties", false);
    return Collections.unmodifiableMap(schema);
  }

  /**
   * Reads a config whose shape has been checked. What is missing is empty, or false.
   *
   * @param config plain JSON values
   */
  public static <T extends Record> T read(Class<T> type, Map<?, ?> config) {
    RecordComponent[] components = type.getRecordComponents();
    @Nullable Object[] values = new Object[components.length];
    Class<?>[] types = new Class<?>[components.length];
    for (int i = 0; i < components.length; i++) {
      types[i] = components[i].getType();
      values[i] = value(components[i].getType(), config.get(name(components[i])));
    }
    try {
      var constructor = type.getDeclaredConstructor(types);
      constructor.setAccessible(true);
      return constructor.newInstance(values);
    } catch (ReflectiveOperationException e) {
      throw new IllegalArgumentException("Cannot make a " + type.getName(), e);
    }
  }

  private static Object value(Class<?> type, @Nullable Object given) {
    if (type == String.class) {
      return given instanceof String text ? text : "";
    }
    if (type == boolean.class) {
      return Boolean.TRUE.equals(given);
    }
    if (type == Optional.class) {
      return Optional.ofNullable(given);
    }
    if (type == List.class) {
      return given instanceof List<?> list
          ? list.stream().map(String::valueOf).toList()
          : List.of();
    }
    if (type == Map.class) {
      Map<String, String> texts = new LinkedHashMap<>();
      if (given instanceof Map<?, ?> map) {
        map.forEach((name, text) -> texts.put(String.valueOf(name), String.valueOf(text)));
      }
      return Collections.unmodifiableMap(texts);
    }
    return read(type.asSubclass(Record.class), given instanceof Map<?, ?> map ? map : Map.of());
  }

  private static Map<String, Object> property(Type type, Setting setting) {
    Map<String, Object> property = new LinkedHashMap<>();
    if (type instanceof Class<?> nested && nested.isRecord()) {
      property.putAll(of(nested.asSubclass(Record.class)));
    } else {
      property.put("type", word(type));
    }
    property.put("title", setting.title());
    property.put("description", setting.description());
    String meaning = format(setting.format());
    if ("array".equals(property.get("type"))) {
      property.put("items", text(meaning));
      property.put("minItems", setting.required() ? 1 : 0);
      property.put("uniqueItems", true);
    } else if (type instanceof ParameterizedType map && map.getRawType() == Map.class) {
      property.put("additionalProperties", text(meaning));
      property.put("propertyNames", text(format(setting.names())));
      property.put("minProperties", setting.required() ? 1 : 0);
    } else if (!meaning.isEmpty()) {
      property.put("format", meaning);
    }
    if (setting.words().length > 0) {
      property.put("enum", List.of(setting.words()));
    }
    if (!setting.standard().isEmpty()) {
      property.put("default", typed(setting.standard(), property));
    }
    if (setting.least() != Long.MIN_VALUE) {
      property.put("minimum", setting.least());
    }
    if (!setting.example().isEmpty()) {
      property.put("examples", List.of(typed(setting.example(), property)));
    }
    return property;
  }

  private static Object typed(String text, Map<String, Object> property) {
    return "integer".equals(property.get("type")) ? Long.valueOf(text) : text;
  }

  private static Map<String, Object> text(String format) {
    return format.isEmpty() ? Map.of("type", "string") : Map.of("type", "string", "format", format);
  }

  private static String format(Setting.Format format) {
    return format == Setting.Format.NONE
        ? ""
        : format.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  private static String word(Type type) {
    if (type == String.class) {
      return "string";
    }
    if (type == boolean.class) {
      return "boolean";
    }
    if (type instanceof ParameterizedType generic) {
      Type[] of = generic.getActualTypeArguments();
      if (generic.getRawType() == Optional.class && of[0] == Integer.class) {
        return "integer";
      }
      if (generic.getRawType() == List.class && of[0] == String.class) {
        return "array";
      }
      if (generic.getRawType() == Map.class && of[0] == String.class && of[1] == String.class) {
        return "object";
      }
    }
    throw new IllegalArgumentException("Configs have no " + type.getTypeName());
  }

  private static Setting setting(RecordComponent component) {
    return Objects.requireNonNull(
        component.getAnnotation(Setting.class),
        () -> component.getDeclaringRecord().getName() + "." + component.getName());
  }

  /** Returns {@code on_missing} for {@code onMissing}. */
  private static String name(RecordComponent component) {
    String key = setting(component).key();
    return !key.isEmpty()
        ? key
        : component.getName().replaceAll("([A-Z])", "_$1").toLowerCase(Locale.ROOT);
  }
}
