package dev.backlot.engine.plan;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.backlot.model.ProblemCode;
import dev.backlot.model.ProblemException;
import dev.backlot.model.plan.PipelinePlan;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** Plans as JSON: snake case, a fixed order of fields, maps sorted; equal plans, equal bytes. */
public final class PlanJson {
  private static final ObjectMapper MAPPER =
      JsonMapper.builder()
          .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
          .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
          .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .build();

  private PlanJson() {}

  /** Returns the plan as one line of JSON. */
  public static String write(PipelinePlan plan) {
    try {
      return MAPPER.writeValueAsString(plan);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("Cannot write a plan", e);
    }
  }

  /** Returns the plan as a JSON tree. */
  public static JsonNode tree(PipelinePlan plan) {
    return MAPPER.valueToTree(plan);
  }

  /**
   * Reads a plan.
   *
   * @throws ProblemException when it is none, is of another version, or was changed
   */
  public static PipelinePlan read(String json) {
    PipelinePlan plan;
    try {
      plan = MAPPER.readValue(json, PipelinePlan.class);
    } catch (JsonProcessingException | RuntimeException e) {
      throw refused("it can't be read", e);
    }
    if (plan.format() != PipelinePlan.FORMAT) {
      throw refused("its format is " + plan.format(), null);
    }
    if (!plan.hash().equals(hash(plan))) {
      throw refused("its hash does not fit its content", null);
    }
    return plan;
  }

  /** Returns the plan under its hash. */
  static PipelinePlan sealed(PipelinePlan plan) {
    return plan.withHash(hash(plan));
  }

  private static String hash(PipelinePlan plan) {
    try {
      byte[] bytes = write(plan.withHash("")).getBytes(StandardCharsets.UTF_8);
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  @SuppressWarnings("NullAway") // an exception's cause may be null
  private static ProblemException refused(
      String cause, @org.jspecify.annotations.Nullable Exception reason) {
    return new ProblemException(
        ProblemCode.SPEC_INVALID_VALUE,
        "Cannot read the plan: " + cause + ". Plan the pipeline again.",
        reason);
  }
}
