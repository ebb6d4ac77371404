"""Stories: the list of all of them, what is found by words, and a page for each with what can be done."""
