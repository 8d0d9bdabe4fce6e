"""Known incidents as a yardstick: what the analysis says of each against what truly happened."""
