// swift-tools-version: 6.2
import PackageDescription

let settings: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .treatAllWarnings(as: .error),
    .strictMemorySafety(),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
]

/// A library module of Doorstep with its dependencies; every target shares one set of settings.
func module(
    _ name: String,
    _ dependencies: [Target.Dependency] = [],
    resources: [Resource]? = nil,
    linkerSettings: [LinkerSetting]? = nil
) -> Target {
    .target(
        name: name,
        dependencies: dependencies,
        resources: resources,
        swiftSettings: settings,
        linkerSettings: linkerSettings
    )
}

func tests(
    _ name: String,
    _ dependencies: [Target.Dependency],
    resources: [Resource]? = nil
) -> Target {
    .testTarget(
        name: name,
        dependencies: dependencies,
        resources: resources,
        swiftSettings: settings
    )
}

func library(_ name: String, pkgConfig: String, apt: String) -> Target {
    .systemLibrary(name: name, pkgConfig: pkgConfig, providers: [.apt([apt])])
}

let package = Package(
    name: "doorstep",
    products: [
        .executable(name: "doorstep", targets: ["doorstep"])
    ],
    dependencies: [],
    targets: [
        // Debian's C libraries.
        library("CSQLite", pkgConfig: "sqlite3", apt: "libsqlite3-dev"),
        library("CSodium", pkgConfig: "libsodium", apt: "libsodium-dev"),
        library("CZstd", pkgConfig: "libzstd", apt: "libzstd-dev"),
        // What browsers read compressed; zstd is not known to all of them.
        library("CZlib", pkgConfig: "zlib", apt: "zlib1g-dev"),
        library("CUTF8Proc", pkgConfig: "libutf8proc", apt: "libutf8proc-dev"),
        library("CMicroHTTPD", pkgConfig: "libmicrohttpd", apt: "libmicrohttpd-dev"),
        library("CCurl", pkgConfig: "libcurl", apt: "libcurl4-openssl-dev"),
        // Certificates are made by the library that libmicrohttpd speaks TLS with.
        library("CGnuTLS", pkgConfig: "gnutls", apt: "libgnutls28-dev"),
        library("CQREncode", pkgConfig: "libqrencode", apt: "libqrencode-dev"),
        // The C library's own, for tests.
        .systemLibrary(name: "CSpawn"),

        // Values and laws, no I/O.
        module("Causality"),
        module("CBOR"),
        module("Survey", ["Causality", "CUTF8Proc"]),

        // One thin room around each C library.
        module("SQLite", ["CSQLite"]),
        module("Sealing", ["CSodium"]),
        module("Compression", ["CZlib", "CZstd"]),
        module("QRCode", ["CQREncode"]),

        // Server, client, certificates; a line to try them on.
        module("HTTP", ["CMicroHTTPD", "CCurl", "CGnuTLS", "Compression"]),
        module("Lines", ["Causality"]),

        // What a command line is made of.
        module("Terminal", ["Survey"]),

        // The heart: what travels, and where it is kept.
        module("Replication", ["Causality", "CBOR", "Sealing", "Compression"]),
        module(
            "Store",
            ["Causality", "Compression", "SQLite", "Sealing", "Survey", "Replication"]
        ),

        // What people do with it.
        module("Intake", ["Survey"]),
        module("Synthetic", ["Causality", "Survey"]),
        module("Coverage", ["SQLite", "Survey"]),
        module(
            "Node",
            [
                "Causality", "CBOR", "HTTP", "SQLite", "Sealing", "Survey", "Replication", "Store",
                "Intake", "Coverage",
            ]
        ),

        // What people see of a node in a browser.
        module(
            "Pages",
            [
                "Causality", "Compression", "Coverage", "HTTP", "Node", "QRCode", "Replication",
                "SQLite", "Sealing", "Store", "Survey", "Terminal", "Visiting",
            ],
            resources: [.embedInCode("Phone/Scripts"), .embedInCode("Visit/Scripts")]
        ),

        // A day at the doors: worklist, visits that survive anything, who did what.
        module(
            "Visiting",
            [
                "CBOR", "Causality", "Coverage", "Node", "Replication", "SQLite", "Sealing",
                "Store",
                "Survey",
            ]
        ),

        // What it costs, beside plain SQLite.
        module(
            "Benchmark",
            [
                "Causality", "Compression", "Coverage", "HTTP", "Lines", "Node", "Pages",
                "Replication", "SQLite", "Sealing", "Store", "Survey", "Synthetic", "Terminal",
                "Visiting",
            ]
        ),

        // A commune's week, played with the real thing.
        module(
            "Demo",
            [
                "Causality", "Coverage", "Intake", "Node", "Replication", "Sealing", "Store",
                "Survey", "Synthetic",
            ]
        ),

        // Nodes, bundles and accidents from one seed.
        module(
            "Simulation",
            ["Causality", "SQLite", "Sealing", "Survey", "Replication", "Store"]
        ),

        // What several test targets share.
        module(
            "TestSupport",
            [
                "Causality", "CBOR", "CZlib", "SQLite", "Sealing", "Survey", "Replication", "Store",
            ],
            // For libcurl to find it in a test's program: see `SilentNames`.
            linkerSettings: [
                .unsafeFlags(["-Xlinker", "--export-dynamic-symbol=getaddrinfo"])
            ]
        ),

        module("Processes", ["CSpawn"]),

        module(
            "Fuzzing",
            [
                "Causality", "CBOR", "Compression", "Intake", "Replication", "Sealing", "Survey",
                "TestSupport",
            ]
        ),

        .executableTarget(
            name: "doorstep",
            dependencies: [
                "Benchmark", "Causality", "Coverage", "Demo", "HTTP", "Intake", "Node",
                "Pages", "QRCode", "Replication", "SQLite", "Sealing", "Simulation", "Store",
                "Survey", "Terminal",
            ],
            swiftSettings: settings
        ),

        tests("CausalityTests", ["Causality", "TestSupport"]),
        tests("CBORTests", ["CBOR", "TestSupport", "Causality"]),
        tests("SQLiteTests", ["SQLite"]),
        tests(
            "SealingTests",
            ["Sealing", "Compression", "CSodium", "Causality", "TestSupport"]
        ),
        tests("HTTPTests", ["Causality", "HTTP", "Lines", "Processes", "TestSupport"]),
        tests("TerminalTests", ["Survey", "Terminal"]),
        tests("QRCodeTests", ["QRCode"]),
        tests(
            "CommandTests",
            [
                "Causality", "Coverage", "HTTP", "Intake", "Node", "Processes", "Replication",
                "SQLite", "Store", "Survey", "Synthetic", "Terminal", "TestSupport",
            ]
        ),
        tests("TextTests", ["Survey"]),
        tests("SurveyTests", ["Causality", "Survey"]),
        tests("IntakeTests", ["Intake", "Survey", "Synthetic", "Causality"]),
        tests("SyntheticTests", ["Causality", "Survey", "Synthetic"]),
        tests("CoverageTests", ["Causality", "Coverage", "SQLite", "Survey"]),
        tests(
            "ReplicationTests",
            ["Causality", "CBOR", "Compression", "Sealing", "Replication", "TestSupport"]
        ),
        tests(
            "ProtocolTests",
            [
                "Causality", "CBOR", "Compression", "Node", "SQLite", "Sealing", "Survey",
                "Replication", "Store", "TestSupport",
            ]
        ),
        tests(
            "StoreTests",
            [
                "Causality", "Compression", "SQLite", "Sealing", "Survey", "Replication", "Store",
                "TestSupport",
            ]
        ),
        tests(
            "StoreReadingTests",
            ["Causality", "Replication", "SQLite", "Store", "Survey", "TestSupport"]
        ),
        tests(
            "NodeTests",
            [
                "CBOR", "Causality", "Compression", "SQLite", "Sealing", "Survey", "Replication",
                "Store", "Node", "TestSupport",
            ],
            resources: [.copy("Fixtures")]
        ),
        tests(
            "LineTests",
            [
                "Causality", "Compression", "HTTP", "Lines", "Node", "Replication", "SQLite",
                "Sealing", "Store", "Survey", "TestSupport",
            ]
        ),
        tests(
            "CrashTests",
            [
                "Causality", "HTTP", "Lines", "Node", "Processes", "Replication", "Store", "Survey",
                "Synthetic", "Terminal",
            ]
        ),
        tests(
            "PagesTests",
            [
                "Causality", "HTTP", "Node", "Pages", "QRCode", "Replication", "SQLite", "Sealing",
                "Store", "Survey", "Terminal", "TestSupport", "Visiting",
            ]
        ),
        tests(
            "VisitingTests",
            [
                "Causality", "Coverage", "Node", "Replication", "SQLite", "Store", "Survey",
                "Synthetic", "TestSupport", "Visiting",
            ]
        ),
        tests(
            "BrowserTests",
            [
                "Causality", "Coverage", "HTTP", "Node", "Pages", "Processes", "Replication",
                "SQLite", "Store", "Survey", "Synthetic", "Terminal", "Visiting",
            ]
        ),
        tests("BenchmarkTests", ["Benchmark", "CSodium", "Terminal"]),
        tests("DemoTests", ["Coverage", "Demo", "Node", "Replication", "Store", "Survey"]),
        tests("SimulationTests", ["Simulation"]),
        tests("FuzzingTests", ["Fuzzing", "TestSupport", "Causality"]),
    ]
)

// Only for `swift build --sanitize=fuzzer`: without that runtime it cannot be linked.
if Context.environment["DOORSTEP_FUZZ"] != nil {
    package.targets.append(
        .executableTarget(
            name: "doorstep-fuzz",
            dependencies: ["Fuzzing"],
            // `main` is libFuzzer's.
            swiftSettings: settings + [.unsafeFlags(["-parse-as-library"])]
        )
    )
}
