package bag;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class BagTest {
  @Test
  void countsEachThing() {
    Bag<String> bag = new Bag<>();
    bag.add("pear");
    bag.add("pear");
    assertEquals(2, bag.count("pear"));
    assertEquals(0, bag.count("fig"));
  }
}
