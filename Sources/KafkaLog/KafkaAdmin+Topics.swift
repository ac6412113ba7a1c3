import CRdkafka
import Streaming

extension KafkaAdmin {
    /// Creates the topic unless it is there.
    func create(_ plan: TopicPlan) throws(LogError) -> TopicCreation {
        if try partitions(of: plan.name) != nil {
            return TopicCreation(topic: plan.name, created: false)
        }
        let replication = plan.replication.map(Int32.init) ?? -1
        var code = try request(plan, replication: replication)
        // Brokers older than 2.4 have no default for the number of copies.
        if plan.replication == nil,
            code == RD_KAFKA_RESP_ERR_INVALID_REPLICATION_FACTOR
                || code == RD_KAFKA_RESP_ERR__INVALID_ARG
        {
            code = try request(plan, replication: 1)
        }
        switch code {
        case RD_KAFKA_RESP_ERR_NO_ERROR:
            try awaitLeaders(of: plan)
            return TopicCreation(topic: plan.name, created: true)
        case RD_KAFKA_RESP_ERR_TOPIC_ALREADY_EXISTS:
            return TopicCreation(topic: plan.name, created: false)
        default: throw LogError(code, doing: "creating the topic \(plan.name)")
        }
    }

    private func request(
        _ plan: TopicPlan, replication: Int32
    ) throws(LogError) -> rd_kafka_resp_err_t {
        let handle = try handle()
        guard
            let topic = rd_kafka_NewTopic_new(
                plan.name, plan.partitions, replication, nil, 0)
        else {
            throw LogError(
                .misconfigured, "\(plan.name): the topic's name or partition count is not possible")
        }
        defer { rd_kafka_NewTopic_destroy(topic) }
        for (name, value) in plan.configuration {
            rd_kafka_NewTopic_set_config(topic, name, value)
        }
        var topics: [OpaquePointer?] = [topic]
        return answer(handle, RD_KAFKA_ADMIN_OP_CREATETOPICS) { options, queue in
            rd_kafka_CreateTopics(handle, &topics, 1, options, queue)
        } read: { event in
            var count = 0
            guard let result = rd_kafka_event_CreateTopics_result(event),
                let topics = rd_kafka_CreateTopics_result_topics(result, &count), count > 0
            else { return RD_KAFKA_RESP_ERR__FAIL }
            return rd_kafka_topic_result_error(topics[0])
        }
    }

    /// A topic is usable once all its partitions have a leader.
    private func awaitLeaders(of plan: TopicPlan) throws(LogError) {
        let deadline = Ticks.after(.milliseconds(Int64(timeout)))
        while Ticks.now < deadline {
            if let found = try partitions(of: plan.name), found.count >= plan.partitions,
                found.allSatisfy(\.hasLeader)
            {
                return
            }
            rd_kafka_poll(try handle(), 50)
        }
        throw LogError(.timedOut, "\(plan.name): created, but a partition has no leader yet")
    }

    /// What is not as planned.
    func check(_ plan: TopicPlan) throws(LogError) -> [TopicFinding] {
        guard let partitions = try partitions(of: plan.name) else { return plan.findings(nil) }
        return plan.findings(
            TopicState(partitions: partitions, configuration: try configuration(of: plan.name)))
    }

    private func configuration(of topic: String) throws(LogError) -> [String: String] {
        let handle = try handle()
        guard let resource = rd_kafka_ConfigResource_new(RD_KAFKA_RESOURCE_TOPIC, topic) else {
            throw LogError(.misconfigured, "\(topic): this topic name is not possible")
        }
        defer { rd_kafka_ConfigResource_destroy(resource) }
        var resources: [OpaquePointer?] = [resource]
        var found: [String: String] = [:]
        let code = answer(handle, RD_KAFKA_ADMIN_OP_DESCRIBECONFIGS) { options, queue in
            rd_kafka_DescribeConfigs(handle, &resources, 1, options, queue)
        } read: { event in
            var count = 0
            guard let result = rd_kafka_event_DescribeConfigs_result(event),
                let resources = rd_kafka_DescribeConfigs_result_resources(result, &count),
                count > 0, let resource = resources[0]
            else { return RD_KAFKA_RESP_ERR__FAIL }
            let code = rd_kafka_ConfigResource_error(resource)
            guard code == RD_KAFKA_RESP_ERR_NO_ERROR else { return code }
            var entryCount = 0
            guard let entries = rd_kafka_ConfigResource_configs(resource, &entryCount) else {
                return RD_KAFKA_RESP_ERR_NO_ERROR
            }
            for index in 0..<entryCount {
                guard let entry = entries[index], let name = rd_kafka_ConfigEntry_name(entry),
                    let value = rd_kafka_ConfigEntry_value(entry)
                else { continue }
                found[String(cString: name)] = String(cString: value)
            }
            return RD_KAFKA_RESP_ERR_NO_ERROR
        }
        guard code == RD_KAFKA_RESP_ERR_NO_ERROR else {
            throw LogError(code, doing: "reading the configuration of \(topic)")
        }
        return found
    }

    /// Sends one admin request and waits for its event.
    private func answer(
        _ handle: OpaquePointer, _ operation: rd_kafka_admin_op_t,
        send: (OpaquePointer?, OpaquePointer?) -> Void,
        read: (OpaquePointer) -> rd_kafka_resp_err_t
    ) -> rd_kafka_resp_err_t {
        let options = rd_kafka_AdminOptions_new(handle, operation)
        let queue = rd_kafka_queue_new(handle)
        defer {
            rd_kafka_queue_destroy(queue)
            rd_kafka_AdminOptions_destroy(options)
        }
        rd_kafka_AdminOptions_set_request_timeout(options, timeout, nil, 0)
        send(options, queue)
        guard let event = rd_kafka_queue_poll(queue, timeout + 1000) else {
            return RD_KAFKA_RESP_ERR__TIMED_OUT
        }
        defer { rd_kafka_event_destroy(event) }
        let code = rd_kafka_event_error(event)
        return code == RD_KAFKA_RESP_ERR_NO_ERROR ? read(event) : code
    }
}
