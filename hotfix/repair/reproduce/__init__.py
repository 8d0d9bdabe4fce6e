"""Makes a test that fails for the reason of the incident: given by the user, or made from the failing frame."""
