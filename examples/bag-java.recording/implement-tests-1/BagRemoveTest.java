package bag;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class BagRemoveTest {
  private static Bag<String> threePears() {
    Bag<String> bag = new Bag<>();
    for (int i = 0; i < 3; i++) {
      bag.add("pear");
    }
    return bag;
  }

  @Test
  @DisplayName("TC-BAG-1-001 takes out what is asked for, and tells how many")
  void takesOut() {
    Bag<String> bag = threePears();
    assertEquals(2, bag.remove("pear", 2));
    assertEquals(1, bag.count("pear"));
    assertEquals(1, bag.remove("pear", 5));
    assertEquals(0, bag.count("pear"));
  }

  @Test
  void tc_bag_1_002_refusesANegativeNumber() {
    Bag<String> bag = threePears();
    assertThrows(IllegalArgumentException.class, () -> bag.remove("pear", -1));
    assertEquals(3, bag.count("pear"));
  }

  @Test
  void tc_bag_1_003_takesNothingOfWhatIsNotThere() {
    Bag<String> bag = threePears();
    assertEquals(0, bag.remove("fig", 1));
    assertEquals(0, bag.count("fig"));
  }

  @Test
  void tc_bag_1_004_takesNoneWhenNoneAreAskedFor() {
    Bag<String> bag = threePears();
    assertEquals(0, bag.remove("pear", 0));
    assertEquals(3, bag.count("pear"));
  }
}
