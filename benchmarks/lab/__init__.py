"""The incident lab: records real programs while one fault is injected at a known second.

What comes in is the name of a scenario; what goes out is a folder with logs, the repository, metrics and the truth.
It knows nothing of hotfix, and hotfix nothing of it.
"""
