"""Who may do what: one table of roles and commands, and the only answer to it is ``may``."""

from typing import Literal, get_args

Role = Literal["reporter", "editor", "chief", "photo_editor", "administrator"]
ROLES: tuple[Role, ...] = get_args(Role)
