"""What the documentation promises about published records."""

import contextlib
import datetime

from google.protobuf import json_format

from schemas import Schemas


class Checks:
    def __init__(self, schemas: Schemas, is_json: bool):
        self.schemas = schemas
        self.is_json = is_json
        self.problems = []
        self.count = 0

    def that(self, holds: bool, what: str):
        self.count += 1
        if not holds:
            self.problems.append(what)

    def decode(self, message, kind: str):
        found = getattr(self.schemas, kind)()
        if dict(message.headers())["content-type"] == b"application/json":
            json_format.Parse(message.value(), found)
        else:
            found.ParseFromString(message.value())
        return found

    def headers(self, message, kind_prefix: str) -> dict:
        headers = {name: value.decode() for name, value in message.headers() or []}
        for name in ("ce_id", "ce_type", "ce_source", "ce_time", "content-type"):
            self.that(bool(headers.get(name)), f"{message.topic()}: header {name} is missing")
        self.that(headers.get("ce_specversion") == "1.0", f"{message.topic()}: ce_specversion")
        self.that(headers.get("ce_type", "").startswith(kind_prefix),
                  f"{message.topic()}: ce_type is {headers.get('ce_type')}")
        expected = "application/json" if self.is_json else "application/protobuf"
        self.that(headers.get("content-type") == expected,
                  f"{message.topic()}: content-type is {headers.get('content-type')}")
        with contextlib.suppress(ValueError):
            datetime.datetime.fromisoformat(headers.get("ce_time", ""))
            return headers
        self.that(False, f"{message.topic()}: ce_time is {headers.get('ce_time')}")
        return headers

    def enforcements(self, messages, accounts: set[str]):
        actions: dict[str, set[str]] = {}
        for message in messages:
            headers = self.headers(message, "tutela.enforcement")
            record = self.decode(message, "Enforcement")
            self.that(message.key().decode() == record.subject.id, "enforcement: key is no subject")
            self.that(headers.get("ce_subject") == record.subject.id, "enforcement: ce_subject")
            self.that(headers.get("ce_id") == record.enforcement_id.hex(), "enforcement: ce_id")
            self.that(len(record.enforcement_id) == 16, "enforcement: length of its id")
            self.that(16 in (len(record.proposal_id), len(record.verdict_id)),
                      "enforcement: neither proposal_id nor verdict_id")
            self.that(len(record.pack_digest) == 32, "enforcement: pack_digest")
            self.that(record.harm > 0 and record.mode > 0 and record.action > 0,
                      "enforcement: a required enum is unspecified")
            self.that(record.decided_unix_ms > 0, "enforcement: decided_unix_ms")
            action = self.schemas.enum_name("ActionKind", record.action)
            if self.schemas.enum_name("Mode", record.mode) == "MODE_ENFORCE":
                actions.setdefault(record.subject.id, set()).add(action)
        for account in accounts:
            for action in ("BAN_ACCOUNT", "REPORT_CYBERTIP", "REMOVE_PROFILE_MEDIA",
                           "PRESERVE_EVIDENCE"):
                self.that(f"ACTION_KIND_{action}" in actions.get(account, set()),
                          f"enforcement: no {action} for {account}: "
                          f"{sorted(actions.get(account, []))}")
        ids = [dict(message.headers())["ce_id"] for message in messages]
        self.that(len(ids) == len(set(ids)), "enforcement: an id repeats")

    def tips(self, messages, accounts: set[str]):
        reported = {}
        for message in messages:
            headers = self.headers(message, "tutela.cybertip")
            tip = self.decode(message, "CyberTip")
            reported[tip.reported.esp_identifier] = tip
            self.that(message.key().decode() == tip.incident_cluster, "tip: key is no cluster")
            self.that(headers.get("ce_id") == tip.tip_id.hex(), "tip: ce_id")
        self.that(accounts <= set(reported), f"tip: missing for {accounts - set(reported)}")
        for account in accounts & set(reported):
            tip = reported[account]
            self.that(tip.incident_type > 0 and tip.quality_tier > 0, "tip: required enums")
            self.that(tip.incident_time.at.unix_ms > 0, "tip: incident_time")
            self.that(tip.knowledge_obtained_unix_ms > 0, "tip: knowledge_obtained_unix_ms")
            self.that([file.media_reference for file in tip.files] == [f"photo-of-{account}"],
                      "tip: its file")
            self.that(b"203.0.113.7" not in tip.SerializeToString(), "tip: an address in clear")
            self.that(b"invented name" not in tip.SerializeToString(), "tip: a name in clear")
            self.that(len(tip.reported.ip_events) > 0, "tip: no IP event")

    def dead_letters(self, messages, bad: dict[str, str]):
        reasons = {}
        for message in messages:
            letter = self.decode(message, "DeadLetter")
            position = f"{letter.topic}/{letter.partition}/{letter.offset}"
            self.that(message.key().decode() == position, "dead letter: key is no position")
            reasons.setdefault(letter.topic, []).append(
                self.schemas.enum_name("DeadLetterReason", letter.reason))
        for topic, reason in bad.items():
            self.that(f"DEAD_LETTER_REASON_{reason}" in reasons.get(topic, []),
                      f"dead letter: no {reason} from {topic}: {reasons.get(topic)}")
