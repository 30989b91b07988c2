"""People, houses and cases that nobody is: to click through, to test, to measure."""
