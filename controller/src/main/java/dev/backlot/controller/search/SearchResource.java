package dev.backlot.controller.search;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Search over connections, Sources, pipelines and tables, their fields and descriptions. */
@RestController
public final class SearchResource {
  private static final int MOST = 500;

  private final CatalogSearch search;

  /** Searches here. */
  public SearchResource(CatalogSearch search) {
    this.search = search;
  }

  @GetMapping("/api/v1/search")
  SearchAnswer find(
      @RequestParam(defaultValue = "") String q,
      @RequestParam(defaultValue = "") List<String> kind,
      @RequestParam(defaultValue = "") List<String> owner,
      @RequestParam(defaultValue = "") List<String> domain,
      @RequestParam(defaultValue = "") List<String> tag,
      @RequestParam(defaultValue = "") List<String> state,
      @RequestParam(defaultValue = "rank") String sort,
      @RequestParam(defaultValue = "0") int offset,
      @RequestParam(defaultValue = "50") int limit) {
    Map<String, Set<String>> chosen = new LinkedHashMap<>();
    chosen.put("kind", Set.copyOf(kind));
    chosen.put("owner", Set.copyOf(owner));
    chosen.put("domain", Set.copyOf(domain));
    chosen.put("tag", Set.copyOf(tag));
    chosen.put("state", Set.copyOf(state));
    return Finder.answer(
        search.index(),
        new Finder.Query(
            q,
            chosen,
            Math.max(0, offset),
            Math.max(1, Math.min(limit, MOST)),
            sort.equals("name")));
  }
}
