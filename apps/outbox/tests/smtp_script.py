"""What a scripted mail server does wrong, and when."""

from collections.abc import Callable
from dataclasses import dataclass

STAGES = ["banner", "ehlo", "mail", "rcpt", "data", "dot"]
BREAKS = [
    "close",
    "reset",
    "hang",
    "garbage",
    "half",
]  # a FIN or a RST without a word, no word ever, no reply, half of one


@dataclass
class Fault:
    """What goes wrong at a stage: a reply, or one of the five breaks."""

    does: str | tuple[int, str]
    times: int | None = None  # None: always
    to: str | Callable[[str], bool] = ""  # only for these recipients; from "rcpt" on
    accepted: bool = False  # a break at the dot of a mail that the server keeps nevertheless

    def __post_init__(self):
        if isinstance(self.does, str) and self.does not in BREAKS:
            raise ValueError(f"no break is called {self.does}")

    def concerns(self, recipient: str) -> bool:
        return self.to(recipient) if callable(self.to) else self.to in recipient

    @classmethod
    def parsed(cls, text: str) -> tuple[str, "Fault"]:
        """Read `dot=close`, `rcpt=550:5.1.1 No such user`, with `;times=3`, `;to=@gone.example`, `;accepted=yes`."""
        first, *rest = text.split(";")
        stage, _, does = first.partition("=")
        more = dict(part.split("=", 1) for part in rest)
        code, _, words = does.partition(":")
        return stage, cls(
            does=(int(code), words) if code.isdigit() else does,
            times=int(more["times"]) if "times" in more else None,
            to=more.get("to", ""),
            accepted="accepted" in more,
        )
