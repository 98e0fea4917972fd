// swift-tools-version:6.2
// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import PackageDescription

let settings: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
]

let package = Package(
    name: "stint",
    platforms: [.macOS(.v15)],
    products: [
        .library(name: "Stint", targets: ["Stint"]),
        .library(name: "StintCrypto", targets: ["StintCrypto"]),
        .library(name: "StintTesting", targets: ["StintTesting"]),
        .executable(name: "stint", targets: ["StintMain"]),
    ],
    traits: [
        .trait(name: "TLS", description: "Connect with rediss:// (swift-nio-ssl; adds BoringSSL to the build)."),
        .trait(
            name: "Encryption", description: "Seal payloads (StintCrypto, swift-crypto; adds BoringSSL to the build)."),
        .default(enabledTraits: ["TLS", "Encryption"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-nio.git", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl.git", from: "2.37.6"),
        .package(url: "https://github.com/apple/swift-crypto.git", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-log.git", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-metrics.git", from: "2.13.0"),
        .package(url: "https://github.com/apple/swift-distributed-tracing.git", from: "1.7.3"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle.git", from: "2.13.0"),
        .package(url: "https://github.com/apple/swift-argument-parser.git", from: "1.8.2"),
        .package(url: "https://github.com/jpsim/Yams.git", from: "6.2.2"),
        .package(url: "https://github.com/HdrHistogram/hdrhistogram-swift.git", from: "0.2.0"),
    ],
    targets: [
        .systemLibrary(name: "CHiredis", providers: [.apt(["libhiredis-dev"]), .brew(["hiredis"])]),
        .target(name: "CStintProcess"),
        .target(
            name: "StintRedis",
            dependencies: [
                "CHiredis",
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl", condition: .when(traits: ["TLS"])),
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: settings
        ),
        .target(
            name: "Stint",
            dependencies: [
                "StintRedis",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "Metrics", package: "swift-metrics"),
                .product(name: "Tracing", package: "swift-distributed-tracing"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ],
            swiftSettings: settings
        ),
        // Empty without the package trait.
        .target(
            name: "StintCrypto",
            dependencies: [
                "Stint", .product(name: "Crypto", package: "swift-crypto", condition: .when(traits: ["Encryption"])),
            ],
            swiftSettings: settings
        ),
        .target(
            name: "StintFunctions",
            dependencies: ["Stint", "CStintProcess", "Yams", .product(name: "Logging", package: "swift-log")],
            swiftSettings: settings
        ),
        .target(name: "StintTerminal", swiftSettings: settings),
        .target(
            name: "StintCommands",
            dependencies: [
                "Stint", "StintCrypto", "StintFunctions", "StintTerminal", "StintRedis", "CStintProcess",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Histogram", package: "hdrhistogram-swift"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ],
            swiftSettings: settings
        ),
        .executableTarget(
            name: "StintMain",
            dependencies: ["StintCommands"],
            swiftSettings: settings
        ),
        .target(
            name: "StintTesting",
            dependencies: ["Stint", "StintRedis", .product(name: "Logging", package: "swift-log")],
            swiftSettings: settings),
        .executableTarget(name: "LuaBundler", swiftSettings: settings),
        .testTarget(name: "LuaBundlerTests", dependencies: ["LuaBundler"], swiftSettings: settings),
        .testTarget(
            name: "StintRedisTests",
            dependencies: [
                "StintRedis", "StintTesting",
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: settings
        ),
        .testTarget(
            name: "StintTests",
            dependencies: [
                "Stint", "StintTesting", "StintRedis",
                .product(name: "InMemoryTracing", package: "swift-distributed-tracing"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "Metrics", package: "swift-metrics"),
                .product(name: "MetricsTestKit", package: "swift-metrics"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "Tracing", package: "swift-distributed-tracing"),
            ],
            swiftSettings: settings
        ),
        .testTarget(
            name: "StintCryptoTests",
            dependencies: [
                "Stint", "StintCrypto", "StintRedis", "StintTesting", .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: settings
        ),
        .testTarget(
            name: "StintFunctionsTests",
            dependencies: ["Stint", "StintFunctions", .product(name: "Logging", package: "swift-log")],
            swiftSettings: settings
        ),
        .testTarget(name: "StintTerminalTests", dependencies: ["StintTerminal"], swiftSettings: settings),
        .testTarget(
            name: "StintCommandsTests",
            dependencies: [
                "StintCommands", "StintTerminal", "StintTesting", "StintFunctions", "StintRedis", "Stint",
                "StintCrypto",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: settings
        ),
        .executableTarget(
            name: "stint-fixture",
            dependencies: [
                "Stint", "StintTesting",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
            ],
            path: "Tests/Fixture",
            swiftSettings: settings
        ),
        // Kills and stops everything there is, and judges from what was written down: see docs/testing.md, "Chaos".
        .executableTarget(
            name: "stint-chaos",
            dependencies: [
                "Stint", "StintRedis", "StintTesting",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
            ],
            path: "Tests/Chaos",
            exclude: ["Shim"],
            swiftSettings: settings
        ),
        .testTarget(name: "ChaosTests", dependencies: ["stint-chaos", "StintRedis"], swiftSettings: settings),
        .target(
            name: "StintSimulation",
            dependencies: ["Stint", "StintRedis", "StintTesting", .product(name: "Logging", package: "swift-log")],
            path: "Tests/Simulation", swiftSettings: settings),
        .executableTarget(
            name: "stint-simulate",
            dependencies: ["StintSimulation", .product(name: "ArgumentParser", package: "swift-argument-parser")],
            path: "Tests/Simulate", swiftSettings: settings),
        .testTarget(
            name: "SimulationTests",
            dependencies: [
                "StintSimulation", "Stint", "StintRedis", "StintTesting",
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: settings),
        // The example is a package of its own for its readers; here it is built with the rest, so that it stays true.
        .executableTarget(
            name: "stint-example-worker",
            dependencies: [
                "Stint",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ],
            path: "Examples/swift-worker/Sources/SwiftWorker"
        ),
        // It starts these programs as processes, so they must be there when it runs.
        .testTarget(
            name: "AcceptanceTests",
            dependencies: [
                "Stint", "StintRedis", "StintTesting", "StintMain", "stint-fixture", "stint-example-worker",
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: settings
        ),
    ]
)
