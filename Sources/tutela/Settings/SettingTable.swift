import Pipeline
import SafetyModel

/// Every setting there is: the one place that names, documents and defaults them.
enum SettingTable {
    static let all: [Setting] =
        run + pipeline + topics + kafka + batch + policy + text + bank + classifiers + sealing
        + enforce + budgets + deadlines + tips + limits + operations

    /// What the sections are about.
    static let sections: [String: String] = [
        "run": "What this process runs.",
        "pipeline":
            "The whole pipeline; the same for every process of it. Changing `partitions` or\n"
            + "`partitioner` means a new pipeline with new topics.",
        "topics": "Names of the topics.",
        "kafka": "The cluster.",
        "batch": "How much a round takes on.",
        "policy": "What Assess looks for.",
        "text": "What names, about texts, group names and descriptions are looked at with.",
        "bank": "The hash entries in memory.",
        "classifiers":
            "What other services' classifiers say of media that no list names. It leads to review\n"
            + "and never concludes (I7).",
        "sealing": "How personal data are sealed.",
        "enforce": "How far Enforce may go.",
        "enforce.budgets": "How much automation may do before humans must look (I8).",
        "enforce.deadlines": "How soon a human should answer a review request.",
        "enforce.tips": "What every tip says about the platform.",
        "enforce.limits": "How much Enforce remembers.",
        "http": "Health and metrics for operators: /live, /ready, /metrics.",
        "log": "Logs, on standard error.",
    ]

    private static let run = [
        Setting("run.stage", \.run.stage, .choice, "The stages to run: assess, enforce or both."),
        Setting(
            "run.lanes", \.run.lanes, .whole(1...256),
            "Lanes of Assess in this process: about one for each core. Enforce has one."),
        Setting(
            "run.instance", \.run.instance, .text,
            "Makes lanes static members of their groups, so that a restart takes its tasks back at\n"
                + "once. Unique in the pipeline and stable over restarts; empty for dynamic members."
        ),
        Setting(
            "run.group_prefix", \.run.groupPrefix, .name,
            "Consumer groups are named <prefix>-<stage>."),
        Setting(
            "run.drain_deadline", \.run.drainDeadline, .duration,
            "How long SIGTERM lets lanes settle what they hold."),
        Setting(
            "run.stall_after", \.run.stallAfter, .duration,
            "A task that waits this long for one of its topics makes /ready false (I12)."),
        Setting(
            "run.restarts", \.run.restarts, .whole(0...1_000),
            "How often a failed lane starts again, with growing pauses, before the process gives up."
        ),
    ]

    private static let pipeline = [
        Setting(
            "pipeline.partitions", \.pipeline.partitions, .whole(1...10_000),
            "Partitions of every topic of Assess. Fixed for the pipeline's life."),
        Setting(
            "pipeline.partitioner", \.pipeline.partitioner, .choice,
            "Where a key lives: murmur2 (Java clients) or crc32 (librdkafka clients). Take the one\n"
                + "that the platform's producers use."),
        Setting(
            "pipeline.allowed_lateness", \.pipeline.allowedLateness, .span,
            "Events older than the watermark by more than this do not count in windows."),
        Setting(
            "pipeline.maximum_clock_skew", \.pipeline.maximumClockSkew, .span,
            "An event time further past its record's time stamp is impossible: a dead letter."),
        Setting(
            "pipeline.maximum_value_bytes", \.pipeline.maximumValueBytes,
            .whole(1_024...16_777_216), "Longer values are dead letters, unread."),
        Setting(
            "pipeline.withheld_regions", \.pipeline.withheldRegions,
            Codec.list(.text).map({ Set($0) }, { $0.sorted() }),
            "Regions (ISO 3166-1 alpha-2) whose law forbids to process their events."),
        Setting(
            "pipeline.output_format", \.pipeline.outputFormat, .choice,
            "How published records are written: protobuf or json. Input may be either."),
        Setting(
            "pipeline.event_source", \.pipeline.eventSource, .text,
            "The ce_source of records that Tutela writes; the stage's name follows it."),
        Setting(
            "pipeline.test", \.pipeline.isTest, .flag,
            "Marks everything this pipeline writes as a test."),
    ]

    private static let topics = [
        Setting("topics.accounts", \.pipeline.topics.accounts, .name, "Account events."),
        Setting("topics.groups", \.pipeline.topics.groups, .name, "Group events."),
        Setting("topics.invites", \.pipeline.topics.invites, .name, "Invite link events."),
        Setting("topics.reports", \.pipeline.topics.reports, .name, "Reports and blocks."),
        Setting(
            "topics.signals", \.pipeline.topics.signals, .name,
            "Signals on their way to their subject's home, and feedback."),
        Setting(
            "topics.hash_entries", \.pipeline.topics.hashEntries, .name, "Entries of hash lists."),
        Setting("topics.verdicts", \.pipeline.topics.verdicts, .name, "Reviewers' verdicts."),
        Setting("topics.proposals", \.pipeline.topics.proposals, .name, "What rules propose."),
        Setting("topics.assess_state", \.pipeline.topics.assessState, .name, "Assess' changelog."),
        Setting(
            "topics.enforce_state", \.pipeline.topics.enforceState, .name, "Enforce's changelog."),
        Setting("topics.packs", \.pipeline.topics.packs, .name, "Policy packs that were used."),
        Setting("topics.ledger", \.pipeline.topics.ledger, .name, "The chained record of batches."),
        Setting(
            "topics.dead_letters", \.pipeline.topics.deadLetters, .name,
            "Input that could not be read, sealed, with the reason."),
        Setting(
            "topics.enforcement", \.pipeline.topics.enforcement, .name,
            "Actions for the platform to carry out, and reversals."),
        Setting(
            "topics.cyber_tips", \.pipeline.topics.cyberTips, .name, "Tips to file with NCMEC."),
        Setting(
            "topics.review_requests", \.pipeline.topics.reviewRequests, .name,
            "What a human should look at."),
    ]

    private static let kafka = [
        Setting(
            "kafka.brokers", \.kafka.brokers, .text,
            "Brokers to start from: host:port, separated by commas."),
        Setting("kafka.client_id", \.kafka.clientID, .name, "The name that brokers log for us."),
        Setting(
            "kafka.session_timeout", \.kafka.sessionTimeout, .duration,
            "A lane that sends no heartbeat for this long loses its tasks."),
        Setting(
            "kafka.maximum_poll_interval", \.kafka.maximumPollInterval, .duration,
            "A lane that does not poll for this long loses its tasks."),
        Setting(
            "kafka.transaction_timeout", \.kafka.transactionTimeout, .duration,
            "The broker aborts a transaction that stays open longer."),
        Setting(
            "kafka.request_timeout", \.kafka.requestTimeout, .duration,
            "How long a request may take before it is an error."),
        Setting(
            "kafka.replication", \.kafka.replication, .whole(0...32),
            "Copies of each partition that `tutela topics create` asks for; 0 for the broker's\n"
                + "default. Production wants 3."),
        Setting(
            "kafka.minimum_in_sync_replicas", \.kafka.minimumInSyncReplicas, .whole(0...32),
            "Copies that must have a record before it counts as written; 0 for the broker's\n"
                + "default. Production wants 2."),
        Setting(
            "kafka.retention", \.kafka.retention, .span,
            "How long platform events, signals and proposals are kept."),
        Setting(
            "kafka.long_retention", \.kafka.longRetention, .span,
            "How long enforcement, tips, review requests, verdicts and dead letters are kept. The\n"
                + "ledger, packs and hash entries are kept for ever."),
        Setting(
            "kafka.properties", \.kafka.properties, .table(.text),
            "Properties of librdkafka, passed through: TLS, SASL, fetch sizes. Passwords and keys as\n"
                + "a reference: `sasl.password: env:NAME` or `file:PATH`."),
    ]

    private static let batch = [
        Setting(
            "batch.records", \.batch.records, .whole(1...1_000_000), "Most records of a batch."),
        Setting(
            "batch.bytes", \.batch.bytes, .whole(1_024...1 << 30),
            "A batch closes once its records hold this many bytes."),
        Setting(
            "batch.linger", \.batch.linger, .duration,
            "How long the first record of a batch waits for company; ten times as long while\n"
                + "records come in bulk, as they do to a lane that is behind."),
        Setting(
            "batch.buffered_records", \.batch.bufferedRecords, .whole(1...10_000_000),
            "Records buffered in a lane before its source is held back."),
        Setting(
            "batch.buffered_bytes", \.batch.bufferedBytes, .whole(1_024...1 << 34),
            "Bytes likewise."),
        Setting(
            "batch.retries", \.batch.retries, .whole(0...1_000),
            "How often a round is run again after its transaction was aborted."),
        Setting(
            "batch.retry_pause", \.batch.retryPause, .duration,
            "The pause before the first of these; doubled for each that follows."),
        Setting(
            "batch.longest_retry_pause", \.batch.longestRetryPause, .duration,
            "The longest such pause."),
    ]

    private static let policy = [
        Setting(
            "policy.pack", \.policy.pack, .text,
            "Folder of the policy pack, or its file; empty for the one that is built in. While the\n"
                + "process runs a change takes hold at the next batch; a wrong pack is refused."),
        Setting(
            "policy.watch", \.policy.watch, .duration,
            "How often the pack is looked at for changes."),
    ]

    private static let text = [
        Setting(
            "text.lists", \.text.lists, .list(.text),
            "Files of terms to look for, at most 8; a list is called by its file's name without the\n"
                + "ending. `tutela model check terms FILE` reads one. A change wants a restart."),
        Setting(
            "text.model", \.text.model, .text,
            "A text model that `tutela model train` made; empty for none."),
    ]

    private static let bank = [
        Setting(
            "bank.image_folder", \.bank.imageFolder, .text,
            "A folder for an image of the bank, so that a restart loads it and reads only what came\n"
                + "after it; about 200 bytes an entry, twice while a new one is written. Empty for none."
        )
    ]

    private static let classifiers = [
        Setting(
            "classifiers.calibration", \.classifiers.calibration, .text,
            "A file that says what scores mean, by version of the model: lines of\n"
                + "`provider,model,version,score,probability` in rising order of score, at least two for\n"
                + "each version, linear between them. The probability sets the review's priority. Read\n"
                + "at start; empty for none."),
        Setting(
            "classifiers.least_probability", \.classifiers.leastProbability, .number(0...1),
            "The smallest calibrated probability that leads to review."),
        Setting(
            "classifiers.uncalibrated_floor", \.classifiers.uncalibratedFloor,
            .number(-1e100...1e100),
            "The smallest score that leads to review, with low priority, of a version without lines in\n"
                + "the file; such versions are logged once, and counted in `uncalibrated_scores_total`."
        ),
    ]

    private static let sealing = [
        Setting(
            "sealing.key", \.sealing.key, .secret,
            "Where the sealing key is: 32 bytes as 64 hexadecimal digits or Base64. A reference,\n"
                + "env:NAME or file:PATH, never the key itself."),
        Setting(
            "sealing.key_id", \.sealing.keyID, .text,
            "The key's name in sealed values and in the ledger; empty derives one from the key."),
    ]

    private static let operations = [
        Setting("http.enabled", \.http.enabled, .flag, "Serve health and metrics."),
        Setting(
            "http.host", \.http.host, .text,
            "Address to listen on; 0.0.0.0 for every interface, as a container wants it."),
        Setting(
            "http.port", \.http.port, .whole(0...65_535), "Port to listen on; 0 for any free one."),
        Setting(
            "log.level", \.log.level, .choice,
            "The least that is logged: debug, info, notice,\n"
                + "warning or error."),
        Setting(
            "log.format", \.log.format, .choice,
            "json for machines, terminal for people, auto to choose by where standard error goes."),
    ]
}
