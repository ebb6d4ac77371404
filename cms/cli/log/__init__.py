"""``flask log``: what stands in the log, whether it is what was written, and taking it elsewhere."""

from cms.cli.log import erasing, looking, moving, proving, sealing, upcasting
from cms.cli.log.group import log

__all__ = ["erasing", "log", "looking", "moving", "proving", "sealing", "upcasting"]
