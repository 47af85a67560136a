import click

click.command()(lambda: None)
