"""Where a rollout's configuration lies, and how a command that goes on with it is typed."""

from hotfix.flow.places import find_config
from hotfix.flow.places import say_deploy_command as say_command

__all__ = ["find_config", "say_command"]
