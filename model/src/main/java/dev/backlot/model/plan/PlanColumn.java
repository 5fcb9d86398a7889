package dev.backlot.model.plan;

import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import java.io.Serializable;

/**
 * A column of a step's output or of a table.
 *
 * @param name as written in the source, or as renamed
 * @param type in the notation of the schema module's field types, such as {@code decimal(12,2)}
 * @param nullable whether rows may lack it; deletes lack everything but the key in any case
 */
@JsonPropertyOrder({"name", "type", "nullable"})
public record PlanColumn(String name, String type, boolean nullable) implements Serializable {}
