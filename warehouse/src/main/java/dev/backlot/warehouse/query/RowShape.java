package dev.backlot.warehouse.query;

/** How a row is written as JSON. */
public enum RowShape {
  /** {@code {"id": 1, "title": "Alien"}}, names in the order of the columns. */
  OBJECT,
  /** {@code [1, "Alien"]}. */
  ARRAY
}
