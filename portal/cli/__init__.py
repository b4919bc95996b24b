"""The `portal` command: exits 0, 1 where the input was refused (reasons on stderr), or 2 for wrong usage."""

from typing import Any

import click

from portal import errors
from portal.cli import demo, people, planning, sendings, server, slots
from portal.config import ConfigError


class Refusing(click.Group):
    """Says in a sentence what the portal refused, and exits with 1."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except ConfigError as error:
            raise click.ClickException(f"The settings can't be used.\n{error}") from error
        except errors.FAMILIES as error:
            raise click.ClickException(errors.explain(error).text) from error


@click.group(cls=Refusing)
def main() -> None:
    """Confirm and move visits over signed links. Settings come from the environment or .env (docs/settings.md)."""


for module in (server, planning, slots, sendings, people, demo):
    for command in module.COMMANDS:
        main.add_command(command)
