"""Authority: whether a message may carry its sender's rights as the owner. Pure.

Asked wherever an owner is about to be obeyed, after the gates: who may write at all is not decided here.
"""

from __future__ import annotations

from openclaw.domain.admission import Reason
from openclaw.domain.chats import ChatRef
from openclaw.domain.handles import Handle


def refusal_as_owner(handle: Handle, chat: ChatRef, *, sms_owner: bool) -> Reason | None:
    """Why a message of ``handle`` in ``chat`` carries no owner's rights; ``None`` when it does.

    Who sends an SMS is easily forged (design ruling 16). Where the phone does not say by which service a chat is held
    (macOS 26 names them ``any``), a number may have come by SMS, and is taken to have; a mail address cannot have.
    ``sms_owner`` is ``services.smsOwner``.
    """
    if sms_owner or chat.service == "imessage":
        return None
    if chat.service == "any" and "@" in handle:
        return None
    return Reason.OWNER_BY_SMS
