"""Lets ``python -m hotfix`` do what ``hotfix`` does."""

from hotfix.cli import main

if __name__ == "__main__":
    main()
