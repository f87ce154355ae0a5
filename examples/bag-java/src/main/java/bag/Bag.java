package bag;

import java.util.HashMap;
import java.util.Map;

/** Counts how often it holds each thing. */
public final class Bag<T> {
  private final Map<T, Integer> counts = new HashMap<>();

  /** Puts one more of a thing into the bag. */
  public void add(T thing) {
    counts.merge(thing, 1, Integer::sum);
  }

  /** How many of a thing the bag holds. */
  public int count(T thing) {
    return counts.getOrDefault(thing, 0);
  }
}
