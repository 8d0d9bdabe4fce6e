"""What past incidents teach: how alike two are, which are like a new one, and what people wrote down about them."""
