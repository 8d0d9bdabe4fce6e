"""Agents: a request in plain words becomes one command of hotfix, run in a process held to what the agent may do."""
