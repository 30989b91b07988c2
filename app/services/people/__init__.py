"""Who people are to the hall: registered, reachable, proven; contact, cards, agreement."""
