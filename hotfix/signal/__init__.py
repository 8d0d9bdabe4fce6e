"""From records to changes: templates, series, detectors, deployments and their correlation."""
