package dev.backlot.model.plan;

import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import java.io.Serializable;

/**
 * A registered schema that a plan covers.
 *
 * @param id its id in the registry
 * @param avro its Avro JSON
 */
@JsonPropertyOrder({"id", "avro"})
public record PlanSchema(int id, String avro) implements Serializable {}
