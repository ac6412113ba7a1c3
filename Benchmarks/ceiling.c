// The ceiling of the benchmark: what librdkafka costs when nothing is done with the events.
//
// It consumes the topics that Assess consumes, read_committed, produces one small record for every
// `--every` events, and commits offsets and records in one transaction at Assess's cadence. The
// guarantee is the same, exactly once; there is no decoding, no state and no ledger.
//
// When `--events` have been consumed and committed it prints one line of JSON. CPU time is that of
// the whole process, all threads, from the first event on.
#include <librdkafka/rdkafka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

enum { READ_LIMIT = 4096, RECORD_BYTES = 128, TIMEOUT_MS = 60000 };

struct options {
    const char *broker, *group, *output;
    const char *topics[16];
    int topic_count;
    long events, every, batch, interval_ms;
};

struct reading {
    double cpu, wall;
};

static void fail(const char *what, const char *why) {
    fprintf(stderr, "ceiling: %s: %s\n", what, why);
    exit(1);
}

static void check(rd_kafka_error_t *error, const char *what) {
    if (error) fail(what, rd_kafka_error_string(error));
}

static struct reading now(void) {
    struct rusage usage;
    struct timespec time;
    getrusage(RUSAGE_SELF, &usage);
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (struct reading){
        (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
            (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6,
        (double)time.tv_sec + (double)time.tv_nsec / 1e9};
}

static struct options parse(int count, char **words) {
    struct options o = {.group = "ceiling", .every = 50, .batch = 65536, .interval_ms = 100};
    for (int i = 1; i + 1 < count; i += 2) {
        const char *name = words[i];
        char *value = words[i + 1];
        if (!strcmp(name, "--broker")) o.broker = value;
        else if (!strcmp(name, "--group")) o.group = value;
        else if (!strcmp(name, "--output")) o.output = value;
        else if (!strcmp(name, "--events")) o.events = atol(value);
        else if (!strcmp(name, "--every")) o.every = atol(value);
        else if (!strcmp(name, "--batch")) o.batch = atol(value);
        else if (!strcmp(name, "--interval-ms")) o.interval_ms = atol(value);
        else if (!strcmp(name, "--topic") && o.topic_count < 16) o.topics[o.topic_count++] = value;
        else fail("unknown option", name);
    }
    if (!o.broker || !o.output || !o.topic_count || o.events <= 0 || o.every <= 0)
        fail("usage", "--broker B --output T --events N --topic T... "
                      "[--group G] [--every N] [--batch N] [--interval-ms N]");
    return o;
}

static void set(rd_kafka_conf_t *conf, const char *name, const char *value) {
    char why[256];
    if (rd_kafka_conf_set(conf, name, value, why, sizeof why) != RD_KAFKA_CONF_OK) fail(name, why);
}

static rd_kafka_t *make(rd_kafka_type_t type, rd_kafka_conf_t *conf) {
    char why[256];
    rd_kafka_t *handle = rd_kafka_new(type, conf, why, sizeof why);
    if (!handle) fail("rd_kafka_new", why);
    return handle;
}

static rd_kafka_t *open_consumer(const struct options *o) {
    rd_kafka_conf_t *conf = rd_kafka_conf_new();
    set(conf, "bootstrap.servers", o->broker);
    set(conf, "group.id", o->group);
    set(conf, "enable.auto.commit", "false");
    set(conf, "auto.offset.reset", "earliest");
    set(conf, "isolation.level", "read_committed");
    set(conf, "receive.message.max.bytes", "1000000000");
    set(conf, "fetch.message.max.bytes", "4194304");
    set(conf, "queued.max.messages.kbytes", "65536");
    rd_kafka_t *consumer = make(RD_KAFKA_CONSUMER, conf);
    rd_kafka_poll_set_consumer(consumer);
    rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new(o->topic_count);
    for (int i = 0; i < o->topic_count; i++)
        rd_kafka_topic_partition_list_add(list, o->topics[i], RD_KAFKA_PARTITION_UA);
    rd_kafka_resp_err_t error = rd_kafka_subscribe(consumer, list);
    if (error) fail("subscribe", rd_kafka_err2str(error));
    rd_kafka_topic_partition_list_destroy(list);
    return consumer;
}

static rd_kafka_t *open_producer(const struct options *o) {
    rd_kafka_conf_t *conf = rd_kafka_conf_new();
    set(conf, "bootstrap.servers", o->broker);
    set(conf, "transactional.id", o->group);
    set(conf, "linger.ms", "5");
    rd_kafka_t *producer = make(RD_KAFKA_PRODUCER, conf);
    check(rd_kafka_init_transactions(producer, TIMEOUT_MS), "init_transactions");
    return producer;
}

static void produce(rd_kafka_t *producer, rd_kafka_topic_t *topic, const rd_kafka_message_t *m) {
    size_t size = m->len < RECORD_BYTES ? m->len : RECORD_BYTES;
    while (rd_kafka_produce(topic, RD_KAFKA_PARTITION_UA, RD_KAFKA_MSG_F_COPY, m->payload, size,
                            m->key, m->key_len, NULL)) {
        if (rd_kafka_last_error() != RD_KAFKA_RESP_ERR__QUEUE_FULL)
            fail("produce", rd_kafka_err2str(rd_kafka_last_error()));
        rd_kafka_poll(producer, 5);
    }
}

static void commit(rd_kafka_t *consumer, rd_kafka_t *producer) {
    rd_kafka_topic_partition_list_t *positions;
    if (rd_kafka_assignment(consumer, &positions)) fail("assignment", "not available");
    if (rd_kafka_position(consumer, positions)) fail("position", "not available");
    rd_kafka_consumer_group_metadata_t *group = rd_kafka_consumer_group_metadata(consumer);
    check(rd_kafka_send_offsets_to_transaction(producer, positions, group, TIMEOUT_MS), "offsets");
    check(rd_kafka_commit_transaction(producer, TIMEOUT_MS), "commit");
    rd_kafka_consumer_group_metadata_destroy(group);
    rd_kafka_topic_partition_list_destroy(positions);
}

int main(int count, char **words) {
    struct options o = parse(count, words);
    rd_kafka_t *producer = open_producer(&o), *consumer = open_consumer(&o);
    rd_kafka_topic_t *output = rd_kafka_topic_new(producer, o.output, NULL);
    rd_kafka_queue_t *queue = rd_kafka_queue_get_consumer(consumer);
    static rd_kafka_message_t *messages[READ_LIMIT];
    struct reading first = {0}, committed = {0};
    long events = 0, pending = 0, produced = 0, commits = 0;
    while (events < o.events || pending) {
        ssize_t got = rd_kafka_consume_batch_queue(queue, (int)o.interval_ms, messages, READ_LIMIT);
        for (ssize_t i = 0; i < got; i++) {
            rd_kafka_message_t *message = messages[i];
            if (!message->err) {
                if (!events) committed = first = now();
                if (!pending) check(rd_kafka_begin_transaction(producer), "begin");
                if (events % o.every == 0) {
                    produce(producer, output, message);
                    produced++;
                }
                events++;
                pending++;
            }
            rd_kafka_message_destroy(message);
        }
        rd_kafka_poll(producer, 0);
        int due = pending >= o.batch || events >= o.events ||
                  (now().wall - committed.wall) * 1e3 >= (double)o.interval_ms;
        if (pending && due) {
            commit(consumer, producer);
            committed = now();
            pending = 0;
            commits++;
        }
    }
    printf("{\"events\": %ld, \"cpu_seconds\": %.6f, \"cpu_seconds_before\": %.6f, "
           "\"wall_seconds\": %.6f, \"commits\": %ld, \"produced\": %ld, "
           "\"librdkafka\": \"%s\"}\n",
           events, committed.cpu - first.cpu, first.cpu, committed.wall - first.wall, commits,
           produced, rd_kafka_version_str());
    rd_kafka_queue_destroy(queue);
    rd_kafka_topic_destroy(output);
    rd_kafka_consumer_close(consumer);
    rd_kafka_destroy(consumer);
    rd_kafka_destroy(producer);
    return 0;
}
