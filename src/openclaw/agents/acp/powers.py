"""What an agent may do without a question: by the mode of its session, the kind of tool, and where it acts. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from openclaw.agents.acp.fence import Fence
from openclaw.domain.acp import PermissionMode, ToolKind

_READING = (ToolKind.READ, ToolKind.SEARCH, ToolKind.THINK)


def ruling(mode: PermissionMode, kind: ToolKind, paths: Sequence[str], fence: Fence) -> bool | None:
    """Whether a tool may be used; ``None`` when a person is to say.

    In ``approve-reads`` what only reads is allowed where every path lies inside the fence; naming none is no proof that
    nothing else is read, but for thinking.
    """
    match mode:
        case PermissionMode.APPROVE_ALL:
            return True
        case PermissionMode.DENY_ALL:
            return False
        case PermissionMode.ASK:
            return None
        case PermissionMode.APPROVE_READS:
            is_inside = all(fence.inside(path) for path in paths)
            is_known = bool(paths) or kind is ToolKind.THINK
            return True if kind in _READING and is_known and is_inside else None
