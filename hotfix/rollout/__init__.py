"""From a tested patch to full traffic: how a new version goes live, step by step, and how it comes back."""
