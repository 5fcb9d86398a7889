package dev.backlot.controller.web;

import java.io.IOException;
import java.lang.reflect.Type;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpInputMessage;
import org.springframework.http.HttpOutputMessage;
import org.springframework.http.MediaType;
import org.springframework.http.converter.AbstractGenericHttpMessageConverter;
import org.springframework.http.converter.HttpMessageNotReadableException;

/** Reads and writes bodies as {@link Json}. */
final class JsonConverter extends AbstractGenericHttpMessageConverter<Object> {
  JsonConverter() {
    super(
        MediaType.APPLICATION_JSON,
        MediaType.APPLICATION_PROBLEM_JSON,
        new MediaType("application", "*+json"));
  }

  @Override
  protected boolean supports(Class<?> type) {
    return !CharSequence.class.isAssignableFrom(type) && type != byte[].class;
  }

  @Override
  protected void writeInternal(Object value, @Nullable Type type, HttpOutputMessage output)
      throws IOException {
    Json.MAPPER.writeValue(output.getBody(), value);
  }

  @Override
  protected Object readInternal(Class<?> type, HttpInputMessage input) throws IOException {
    return read(type, type, input);
  }

  @Override
  public Object read(Type type, @Nullable Class<?> context, HttpInputMessage input)
      throws IOException {
    try {
      return Json.MAPPER.readValue(
          input.getBody(), Json.MAPPER.getTypeFactory().constructType(type));
    } catch (com.fasterxml.jackson.core.JacksonException e) {
      throw new HttpMessageNotReadableException(e.getOriginalMessage(), e, input);
    }
  }

  @Override
  public List<MediaType> getSupportedMediaTypes(Class<?> type) {
    return getSupportedMediaTypes();
  }
}
