"""supervisord, which starts one program and starts it again when it ends; it writes a log of its own."""

from lab.programs import Command
from lab.stage import Stage

_CONF = """[supervisord]
nodaemon=true
logfile={log}/supervisord.log
pidfile={root}/run/supervisord-{name}.pid
loglevel=info

[program:{name}]
command={command}
directory={directory}
autorestart=true
startsecs=1
startretries=1000
stopsignal=TERM
redirect_stderr=true
stdout_logfile={log}/{output}
stdout_logfile_maxbytes=0
"""


def supervise(stage: Stage, command: Command, output: str) -> None:
    """Starts a program under supervisord; what it prints goes to `output` beside supervisord's own log."""
    log = stage.make_log_folder(command.name)
    text = _CONF.format(
        log=log,
        root=stage.make_folder("run").parent,
        name=command.name,
        command=" ".join(command.argv),
        directory=command.cwd,
        output=output,
    )
    conf = stage.root / "etc" / f"supervisord-{command.name}.conf"
    conf.write_text(text)
    argv = (str(stage.root / "venv" / "bin" / "python"), "-m", "supervisor.supervisord", "-c", str(conf))
    stage.start(Command(command.name, argv, stage.root, env=command.env))
