"""Findings of the audit as JSON, in the keys of the original."""

from __future__ import annotations

from openclaw.doctor.audit.findings import AuditCheck, AuditFinding, Level, Setting, audit_shape, counts


def test_a_finding_has_the_keys_of_the_original() -> None:
    """Behaviour facts J.7: checkId, severity, title, detail, remediation."""
    finding = AuditFinding(AuditCheck.REDACT_OFF, Level.WARN, "it is off", "set it to tools")
    assert audit_shape(finding) == {
        "checkId": "logging.redact_off",
        "severity": "warn",
        "title": "Secrets are not kept out of the log",
        "detail": "it is off",
        "remediation": "set it to tools",
    }
    assert counts([finding]) == {"critical": 0, "warn": 1, "info": 0}


def test_what_can_be_closed_is_fixable() -> None:
    """By a mode, or by a key."""
    assert not AuditFinding(AuditCheck.DM_OPEN, Level.CRITICAL, "").is_fixable
    setting = Setting(("logging", "redactSensitive"), "tools")
    assert AuditFinding(AuditCheck.REDACT_OFF, Level.WARN, "", settings=(setting,)).is_fixable
