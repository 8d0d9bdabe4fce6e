"""One file per scenario; each binds SCENARIO."""
