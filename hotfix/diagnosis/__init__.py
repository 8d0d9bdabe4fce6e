"""From changes to a diagnosis: incident, evidence, causes, ranking, five whys, recommendation."""
