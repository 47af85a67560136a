"""``runstone completion``."""

from __future__ import annotations

import click

from runstone.cli.invocation import Invocation, shared

_HOW = {
    "bash": 'eval "$(runstone completion bash)"   # in ~/.bashrc',
    "zsh": 'eval "$(runstone completion zsh)"   # in ~/.zshrc, after compinit',
    "fish": "runstone completion fish > ~/.config/fish/completions/runstone.fish",
}


@click.command()
@click.argument("shell", type=click.Choice(list(_HOW)))
@shared
def completion(invocation: Invocation, shell: str) -> None:
    """Print the script that lets a shell complete commands and options.

    \b
    Examples:
      eval "$(runstone completion bash)"     in ~/.bashrc
      eval "$(runstone completion zsh)"      in ~/.zshrc, after compinit
      runstone completion fish > ~/.config/fish/completions/runstone.fish
    """
    from click.shell_completion import get_completion_class

    kind = get_completion_class(shell)
    assert kind is not None  # the choice above
    script = kind(click.get_current_context().find_root().command, {}, "runstone", "_RUNSTONE_COMPLETE").source()
    if invocation.as_json:
        invocation.print_json({"shell": shell, "script": script})
        return
    click.echo(script)
    if invocation.is_terminal:
        invocation.note(f"# To have it in every shell: {_HOW[shell]}")
