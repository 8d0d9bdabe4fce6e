"""From a diagnosis and a repository to a patch that is safe to read, and to the proof that it is safe to ship."""
