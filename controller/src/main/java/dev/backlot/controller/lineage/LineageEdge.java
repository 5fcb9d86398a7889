package dev.backlot.controller.lineage;

/** One field has its values from another, or depends on them. */
public record LineageEdge(LineageNode from, LineageNode to, How how) {
  /** How a field depends on another. */
  public enum How {
    /** It has the same values under the same name. */
    COPIED,
    /** It has the same values under another name. */
    RENAMED,
    /** Its values are found or computed from those of the other. */
    DERIVED,
    /** The other's values decide which rows there are. */
    CONDITION,
    /** Sources, pipelines and tables as such. */
    FEEDS;

    /** Returns the word that is shown. */
    public String label() {
      return name().toLowerCase(java.util.Locale.ROOT);
    }
  }
}
