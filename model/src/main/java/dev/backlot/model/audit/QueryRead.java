package dev.backlot.model.audit;

import java.util.List;

/**
 * What a black-box audit wants to know of one side.
 *
 * @param query one SELECT, in the language of that side
 * @param key names of the result's columns that tell its rows apart
 * @param buckets into how many sums the rows are divided by their keys, at least 1
 * @param wanted buckets whose rows are told as well
 * @param mostRows how many rows are told at most; more of them are an error
 * @param seconds how long the query may take
 */
public record QueryRead(
    String query, List<String> key, int buckets, List<Integer> wanted, int mostRows, int seconds) {
  /** Copies what is mutable. */
  public QueryRead {
    key = List.copyOf(key);
    wanted = List.copyOf(wanted);
  }
}
