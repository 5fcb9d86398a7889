package dev.backlot.model.spec;

/** The kinds of documents, in the order in which they are applied. */
public enum SpecKind {
  CONNECTION("Connection"),
  ENDPOINT("Endpoint"),
  PIPELINE("Pipeline"),
  AUDIT("Audit"),
  ROUTE("Route"),
  SOURCE("Source");

  private final String label;

  SpecKind(String label) {
    this.label = label;
  }

  /** Returns the word that stands in the document's {@code kind}. */
  public String label() {
    return label;
  }
}
