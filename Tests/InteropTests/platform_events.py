"""What a messaging platform sends: events of the four topics and one hash entry, made with nothing but
the schemas and a Kafka client."""

import datetime
import json
import os
import time

from confluent_kafka import Producer
from google.protobuf import json_format

from schemas import Schemas

KNOWN_SHA256 = bytes(range(32))


def rfc3339(milliseconds: int) -> str:
    moment = datetime.datetime.fromtimestamp(milliseconds / 1000, datetime.timezone.utc)
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{milliseconds % 1000:03d}Z"


class Platform:
    """Produces events, each as protobuf or as JSON."""

    def __init__(self, schemas: Schemas, address: str, prefix: str):
        self.schemas = schemas
        self.prefix = prefix
        self.producer = Producer({"bootstrap.servers": address, "partitioner": "murmur2_random"})
        self.now = int(time.time() * 1000) - 600_000
        self.count = 0
        self.failures = []

    def send(self, topic: str, key: str, kind: str, message, as_json: bool = False):
        self.count += 1
        self.now += 1000
        value = (json_format.MessageToJson(message).encode() if as_json
                 else message.SerializeToString())
        self.send_raw(topic, key, kind, value, "application/json" if as_json
                      else "application/protobuf")

    def send_raw(self, topic: str, key: str, kind: str, value: bytes, content_type: str):
        self.producer.produce(
            self.prefix + topic, key=key.encode(), value=value, on_delivery=self.delivered, headers={
                "ce_specversion": "1.0", "ce_id": f"{topic}-{self.count}",
                "ce_source": "https://platform.example/events", "ce_type": f"tutela.{kind}.v1",
                "ce_time": rfc3339(self.now), "ce_subject": key, "content-type": content_type})

    def delivered(self, error, _):
        if error:
            self.failures.append(str(error))

    def flush(self):
        left = self.producer.flush(30)
        if left or self.failures:
            raise SystemExit(f"interop: {left} records not delivered, {self.failures[:3]}")

    def context(self, actor: str = "", snapshot: bool = False):
        context = self.schemas.EventContext(region="DE", device_token="device-1")
        if actor:
            context.actor_account_id = actor
            context.session.address.clear = "203.0.113.7"
            context.session.address_token = "address-1"
            context.session.port = 50123
            context.session.at.unix_ms = self.now
            context.session.kind = self.schemas.enum("SessionEventKind",
                                                     "SESSION_EVENT_KIND_UPLOAD")
        if snapshot:
            context.actor_snapshot.CopyFrom(self.snapshot(actor))
        return context

    def snapshot(self, account: str):
        snapshot = self.schemas.ActorSnapshot(
            account_id=account, registered_unix_ms=self.now - 400 * 86_400_000,
            esp_service="Example Messenger", region="DE")
        snapshot.age_band = self.schemas.enum("AgeBand", "AGE_BAND_ADULT")
        snapshot.age_source = self.schemas.enum("AgeSource", "AGE_SOURCE_ASSERTED")
        snapshot.identity.clear = json.dumps(
            {"phones": ["+4915550000001"], "emails": ["someone@example.org"]})
        snapshot.screen_name.clear = "invented name"
        return snapshot

    def media(self, account: str, use: str, reference: str, digest: bytes):
        media = self.schemas.Media(
            reference=reference, uploader_account_id=account, size_bytes=1234,
            mime_type="image/jpeg")
        media.use = self.schemas.enum("MediaUse", use)
        media.attribution = self.schemas.enum("Attribution", "ATTRIBUTION_SERVER_OBSERVED")
        media.availability = self.schemas.enum("EvidenceAvailability",
                                               "EVIDENCE_AVAILABILITY_BYTES_HELD")
        media.digests.sha256 = digest
        media.uploaded_at.unix_ms = self.now
        return media

    def bank(self):
        """One listed file."""
        event = self.schemas.HashEntryEvent(bank="interop")
        event.added.entry_id = "entry-1"
        event.added.algorithm = self.schemas.enum("HashAlgorithm", "HASH_ALGORITHM_SHA256")
        event.added.digest = KNOWN_SHA256
        event.added.category = self.schemas.enum("HashCategory", "HASH_CATEGORY_CSAM")
        event.added.source = "test-list"
        event.added.list_version = "1"
        event.added.quality = 100
        self.send("safety.hash-entries.v1", "interop/entry-1", "hash_entry.added", event)

    def traffic(self) -> set[str]:
        """One account with a listed profile photo, in each format; the rest is ordinary."""
        accounts = set()
        for format_name, as_json in (("json", True), ("protobuf", False)):
            account = f"account-{format_name}"
            self.account_events(account, as_json)
            group = f"group-{format_name}"
            self.group_events(group, account, as_json)
            self.invite_events(f"link-{format_name}", group, account, as_json)
            self.report_events(account, as_json)
            accounts.add(account)
        self.flush()
        return accounts

    def account_events(self, account: str, as_json: bool):
        schemas = self.schemas
        event = schemas.AccountEvent(account_id=account, context=self.context(account))
        event.registered.number_type = schemas.enum("NumberType", "NUMBER_TYPE_MOBILE")
        event.registered.age_band = schemas.enum("AgeBand", "AGE_BAND_ADULT")
        self.send("platform.accounts.v1", account, "account.registered", event, as_json)
        event = schemas.AccountEvent(account_id=account,
                                     context=self.context(account, snapshot=True))
        event.profile_changed.field = schemas.enum("ProfileField", "PROFILE_FIELD_PHOTO")
        event.profile_changed.new_media.CopyFrom(self.media(
            account, "MEDIA_USE_PROFILE_PHOTO", f"photo-of-{account}", KNOWN_SHA256))
        self.send("platform.accounts.v1", account, "account.profile_changed", event, as_json)

    def group_events(self, group: str, account: str, as_json: bool):
        schemas = self.schemas
        event = schemas.GroupEvent(group_id=group, context=self.context(account, snapshot=True),
                                   member_count=1)
        event.created.kind = schemas.enum("GroupKind", "GROUP_KIND_GROUP")
        event.created.icon.CopyFrom(self.media(
            account, "MEDIA_USE_GROUP_ICON", f"icon-of-{group}", os.urandom(32)))
        self.send("platform.groups.v1", group, "group.created", event, as_json)
        event = schemas.GroupEvent(group_id=group, context=self.context(account), member_count=2)
        event.member_added.member_account_id = "account-someone"
        self.send("platform.groups.v1", group, "group.member_added", event, as_json)

    def invite_events(self, link: str, group: str, account: str, as_json: bool):
        schemas = self.schemas
        event = schemas.InviteEvent(link_id=link, group_id=group, context=self.context(account))
        event.created.creator_account_id = account
        self.send("platform.invites.v1", link, "invite.created", event, as_json)
        event = schemas.InviteEvent(link_id=link, group_id=group, context=self.context())
        event.sighted.source_class = schemas.enum("SightingSourceClass",
                                                  "SIGHTING_SOURCE_CLASS_LINK_INDEX")
        event.sighted.source_token = "place-1"
        self.send("platform.invites.v1", link, "invite.sighted", event, as_json)

    def report_events(self, account: str, as_json: bool):
        schemas = self.schemas
        event = schemas.ReportEvent(context=self.context("account-reporter"),
                                    report_id=f"report-{self.count}")
        event.subject.kind = schemas.enum("SubjectKind", "SUBJECT_KIND_ACCOUNT")
        event.subject.id = account
        event.filed.source = schemas.enum("ReportSource", "REPORT_SOURCE_USER")
        event.filed.category = schemas.enum("ReportCategory", "REPORT_CATEGORY_CSAM")
        event.filed.relation = schemas.enum("ReporterRelation", "REPORTER_RELATION_STRANGER")
        self.send("platform.reports.v1", account, "report.filed", event, as_json)
