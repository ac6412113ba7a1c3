// swift-tools-version:6.2
import PackageDescription

let strict: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
]

let log = Target.Dependency.product(name: "Logging", package: "swift-log")
let metrics = Target.Dependency.product(name: "Metrics", package: "swift-metrics")
let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto")
let protobuf = Target.Dependency.product(name: "SwiftProtobuf", package: "swift-protobuf")
let yams = Target.Dependency.product(name: "Yams", package: "Yams")
let lifecycle = Target.Dependency.product(
    name: "ServiceLifecycle", package: "swift-service-lifecycle")
let hummingbird = Target.Dependency.product(name: "Hummingbird", package: "hummingbird")
let arguments = Target.Dependency.product(
    name: "ArgumentParser", package: "swift-argument-parser")

/// A library of ours. What it may import is design, and `ArchitectureTests` reads it from here.
func module(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
    .target(name: name, dependencies: dependencies, swiftSettings: strict)
}

func tests(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .testTarget(name: name + "Tests", dependencies: dependencies, swiftSettings: strict)
}

let package = Package(
    name: "tutela",
    platforms: [.macOS(.v15)],
    products: [
        .executable(name: "tutela", targets: ["tutela"])
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-metrics", from: "2.13.0"),
        .package(url: "https://github.com/apple/swift-protobuf", from: "1.39.0"),
        .package(
            url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1", traits: []),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
    ],
    targets: [
        .systemLibrary(
            name: "CRdkafka", pkgConfig: "rdkafka", providers: [.apt(["librdkafka-dev"])]),
        .systemLibrary(
            name: "CJPEG", pkgConfig: "libjpeg", providers: [.apt(["libjpeg62-turbo-dev"])]),
        .systemLibrary(name: "CPNG", pkgConfig: "libpng", providers: [.apt(["libpng-dev"])]),
        .systemLibrary(
            name: "CWebP", pkgConfig: "libwebpdemux", providers: [.apt(["libwebp-dev"])]),
        .systemLibrary(name: "CGIF", pkgConfig: "libgif", providers: [.apt(["libgif-dev"])]),
        .target(name: "CHamming"),
        .target(name: "CDigest"),
        .target(name: "CPDQ"),
        .target(name: "CImageDecoders", dependencies: ["CJPEG", "CPNG", "CWebP", "CGIF"]),
        module("SafetyModel"),
        module("Observability", [log, metrics]),
        module("EventSchemas", ["SafetyModel", "CDigest", "Observability", crypto, protobuf]),
        module("Streaming", ["Observability", crypto]),
        module("KafkaLog", ["CRdkafka", "Streaming", "Observability"]),
        module("FileLog", ["Streaming", "Observability", crypto]),
        module("StateStore", ["Streaming", "Observability"]),
        module(
            "HashMatching", ["SafetyModel", "CHamming", "ScoreModels", "Observability", crypto]),
        module("ScoreModels", [crypto]),
        .target(
            name: "TextAnalysis", dependencies: ["ScoreModels", crypto],
            exclude: ["unicode-tables.py"], swiftSettings: strict),
        module("BankStorage", ["HashMatching", "Observability"]),
        module("MediaHashing", ["SafetyModel", "CPDQ", "CImageDecoders", crypto]),
        module("HashLists", ["SafetyModel", "Observability", crypto]),
        module("Behaviour", ["SafetyModel", "ScoreModels", "Observability"]),
        module(
            "Policy", ["SafetyModel", "ScoreModels", "Behaviour", "Observability", crypto, yams]),
        module("CyberTip", ["SafetyModel", "EventSchemas", "Observability", crypto]),
        module(
            "AuditTrail", ["SafetyModel", "EventSchemas", "Streaming", "Observability", crypto]),
        module(
            "Pipeline",
            [
                "SafetyModel", "EventSchemas", "Streaming", "StateStore", "HashMatching",
                "BankStorage", "Behaviour", "Policy", "CyberTip", "AuditTrail", "Observability",
                "TextAnalysis", "ScoreModels", crypto,
            ]),
        module(
            "Simulation",
            ["SafetyModel", "EventSchemas", "Streaming", "Observability", crypto, protobuf]),
        module("Operations", ["Observability", hummingbird, lifecycle, log, metrics]),
        module("StreamingTesting", ["Streaming"]),
        module("KafkaTesting", ["CRdkafka", "KafkaLog", "Streaming"]),
        .executableTarget(
            name: "tutela",
            dependencies: [
                "SafetyModel", "EventSchemas", "Streaming", "KafkaLog", "FileLog", "StateStore",
                "HashMatching", "HashLists", "BankStorage", "MediaHashing", "Behaviour", "Policy",
                "CyberTip", "AuditTrail", "Pipeline", "Simulation", "Operations", "Observability",
                "TextAnalysis", "ScoreModels", crypto, protobuf, arguments, lifecycle, log, metrics,
                yams,
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
            ],
            swiftSettings: strict),
        .executableTarget(
            name: "tutela-chaos",
            dependencies: [
                "SafetyModel", "EventSchemas", "Streaming", "KafkaLog", "Policy", "CyberTip",
                "AuditTrail", "Pipeline", "Simulation", "StreamingTesting", "KafkaTesting", crypto,
                protobuf,
                arguments, .product(name: "UnixSignals", package: "swift-service-lifecycle"),
            ],
            path: "Tests/Chaos",
            swiftSettings: strict),
        .executableTarget(
            name: "tutela-bench",
            dependencies: [
                "SafetyModel", "Streaming", "KafkaLog", "CyberTip", "Behaviour", "Policy",
                "Pipeline", "Simulation", "HashMatching", "BankStorage", "CHamming", arguments,
            ],
            path: "Benchmarks/Bench",
            swiftSettings: strict),
        .executableTarget(
            name: "tutela-bench-images",
            dependencies: ["MediaHashing"],
            path: "Benchmarks/Images",
            swiftSettings: strict),
        .target(name: "CJPEGEncoder", dependencies: ["CJPEG"], path: "Tests/CJPEGEncoder"),
        // What tests of several modules use.
        .target(name: "TestSupport", path: "Tests/Support", swiftSettings: strict),
        tests("Architecture", []),
        .testTarget(
            name: "InteropTests",
            dependencies: ["tutela", "TestSupport"],
            exclude: ["interop.py", "checks.py", "platform_events.py", "schemas.py"],
            swiftSettings: strict),
        tests("SafetyModel", ["SafetyModel"]),
        tests("Observability", ["Observability", log, metrics]),
        tests("Operations", ["Operations", "Observability", log]),
        tests(
            "CommandLine",
            [
                "tutela", "BankStorage", "EventSchemas", "FileLog", "HashMatching", "KafkaLog",
                "KafkaTesting", "Pipeline", "SafetyModel", "Streaming",
            ]),
        tests("Streaming", ["Streaming", "StreamingTesting"]),
        tests("FileLog", ["FileLog", "Streaming", "StreamingTesting"]),
        tests(
            "Simulation",
            ["Simulation", "EventSchemas", "SafetyModel", "Streaming", crypto, protobuf]),
        .testTarget(
            name: "ScoreModelsTests", dependencies: ["ScoreModels", "TestSupport"],
            exclude: ["xgboost_rows.py"], swiftSettings: strict),
        .testTarget(
            name: "TextAnalysisTests",
            dependencies: ["TextAnalysis", "SafetyModel", "ScoreModels", "TestSupport", crypto],
            exclude: ["Data"], swiftSettings: strict),
        tests("HashMatching", ["HashMatching", "CHamming", "SafetyModel", "ScoreModels"]),
        tests("BankStorage", ["BankStorage", "HashMatching", "SafetyModel"]),
        tests("EventSchemas", ["EventSchemas", "SafetyModel", "CDigest", crypto, protobuf]),
        .testTarget(
            name: "MediaHashingTests",
            dependencies: ["MediaHashing", "CPDQ", "CJPEGEncoder", "SafetyModel"],
            exclude: ["Images", "vectors.txt", "expected.txt", "make_images.py"],
            swiftSettings: strict),
        tests("HashLists", ["HashLists", "SafetyModel", "TestSupport"]),
        tests("Behaviour", ["Behaviour", "SafetyModel"]),
        tests("Policy", ["Policy", "Behaviour", "SafetyModel", "ScoreModels", "TestSupport"]),
        tests("CyberTip", ["CyberTip", "EventSchemas", "SafetyModel"]),
        tests(
            "Enforce",
            [
                "Pipeline", "AuditTrail", "CyberTip", "EventSchemas", "HashMatching", "SafetyModel",
                "StateStore", "Streaming", "StreamingTesting", protobuf,
            ]),
        tests("KafkaLog", ["KafkaLog", "KafkaTesting", "Streaming"]),
        tests("StateStore", ["StateStore", "Streaming"]),
        tests("AuditTrail", ["AuditTrail", "SafetyModel", "Streaming"]),
        tests(
            "Pipeline",
            [
                "Pipeline", "AuditTrail", "BankStorage", "CyberTip", "EventSchemas",
                "HashMatching", "Policy", "SafetyModel", "ScoreModels", "Streaming",
                "TestSupport", "TextAnalysis",
            ]),
    ]
)
