"""What is learned from incidents: the store, actions, reviews, knowledge and metrics over all of them."""
