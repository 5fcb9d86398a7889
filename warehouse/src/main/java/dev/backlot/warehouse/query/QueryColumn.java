package dev.backlot.warehouse.query;

/**
 * A column of a result.
 *
 * @param name distinct in the result: a repeated name has {@code _2}, {@code _3} behind
 * @param type DuckDB's name of its type, such as {@code DECIMAL(10,2)}
 */
public record QueryColumn(String name, String type) {}
