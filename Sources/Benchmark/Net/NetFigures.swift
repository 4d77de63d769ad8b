import Survey

extension NetRound {
    private func samples(of measure: Measure) -> Samples { samples[measure] ?? Samples() }

    /// The targets of the network, one figure each.
    func figures(nodes: Int) -> [Figure] {
        syncFigures + unchangedFigures + slowFigures + crowdFigures(nodes) + formFigures(nodes)
    }

    /// How a form is while all sync, beside the same form while nobody does.
    private func formFigures(_ nodes: Int) -> [Figure] {
        FormPage.allCases.flatMap { page in
            [(true, "median"), (false, "p99")].map { isMedian, word in
                Figure(
                    name: "net_forms_\(page.rawValue)_\(word)",
                    title: Label(
                        "\(nodes) máy cùng lúc: \(page.label.vi), \(isMedian ? "trung vị" : word)",
                        "\(nodes) nodes at once: \(page.label.en), \(word)"
                    ),
                    unit: .seconds,
                    ours: samples(of: .form(page, isLoaded: true, isMedian: isMedian)),
                    reference: (
                        .idlePage, samples(of: .form(page, isLoaded: false, isMedian: isMedian))
                    ),
                    limit: nil
                )
            }
        }
    }

    private var syncFigures: [Figure] {
        [
            Figure(
                name: "net_first_sync",
                title: Label(
                    "Đồng bộ lần đầu của các thôn qua TLS",
                    "The villages' first sync over TLS"
                ),
                unit: .seconds,
                ours: samples(of: .lineSync),
                reference: (.stick, samples(of: .folderSync)),
                limit: 1.5
            )
        ]
    }

    private var unchangedFigures: [Figure] {
        let plain: [(String, Label, Figure.Unit, Measure, Double?)] = [
            (
                "net_unchanged_requests",
                Label("Không đổi gì: số yêu cầu", "Nothing changed: requests"),
                .count, .requests, 1
            ),
            (
                "net_unchanged_request", Label("Không đổi gì: gói gửi", "Nothing changed: request"),
                .bytes, .requestBytes, 1_000
            ),
            (
                "net_unchanged_reply", Label("Không đổi gì: gói nhận", "Nothing changed: reply"),
                .bytes, .replyBytes, 1_000
            ),
            (
                "net_unchanged_line",
                Label(
                    "Không đổi gì: trên đường truyền, cả hai chiều",
                    "Nothing changed: on the line, both ways"
                ),
                .bytes, .unchangedLineBytes, nil
            ),
        ]
        return plain.map { name, title, unit, measure, limit in
            Figure(
                name: name,
                title: title,
                unit: unit,
                ours: samples(of: measure),
                reference: nil,
                limit: limit
            )
        } + [
            Figure(
                name: "net_unchanged_rate",
                title: Label(
                    "Không đổi gì: số lần mỗi giây trên một nhân của máy xã",
                    "Nothing changed: a second on one core of the hub"
                ),
                unit: .count,
                ours: samples(of: .exchangeRate),
                reference: (.hello, samples(of: .helloRate)),
                limit: nil
            )
        ]
    }

    private var slowFigures: [Figure] {
        [
            Figure(
                name: "net_slow_sync",
                title: Label(
                    "Một thôn ở 64 kbit/s, trễ 300 ms: thời gian",
                    "One village at 64 kbit/s, 300 ms late: time"
                ),
                unit: .seconds,
                ours: samples(of: .slowSync),
                reference: (.bytesAlone, samples(of: .slowBytesAlone)),
                limit: 1.2
            ),
            Figure(
                name: "net_slow_bytes",
                title: Label(
                    "Một thôn ở 64 kbit/s, trễ 300 ms: dung lượng",
                    "One village at 64 kbit/s, 300 ms late: bytes"
                ),
                unit: .bytes,
                ours: samples(of: .slowBytes),
                reference: (.bundles, samples(of: .bundleBytes)),
                limit: 1.2
            ),
        ]
    }

    private func crowdFigures(_ nodes: Int) -> [Figure] {
        var figures = [
            Figure(
                name: "net_crowd_time",
                title: Label(
                    "\(nodes) máy cùng lúc: máy xong cuối cùng",
                    "\(nodes) nodes at once: the last to finish"
                ),
                unit: .seconds,
                ours: samples(of: .crowd),
                reference: (.medianNode, samples(of: .crowdMedian)),
                limit: 3
            ),
            Figure(
                name: "net_crowd_page",
                title: Label(
                    "\(nodes) máy cùng lúc: một trang của máy xã, p99",
                    "\(nodes) nodes at once: a page of the hub, p99"
                ),
                unit: .seconds,
                ours: samples(of: .pageLoaded),
                reference: (.idlePage, samples(of: .pageIdle)),
                limit: nil
            ),
        ]
        if let peak = samples[.crowdPeak] {
            figures.append(
                Figure(
                    name: "net_crowd_memory",
                    title: Label(
                        "\(nodes) máy cùng lúc: bộ nhớ cao nhất của máy xã",
                        "\(nodes) nodes at once: the hub's peak memory"
                    ),
                    unit: .bytes,
                    ours: peak,
                    reference: nil,
                    limit: Double(NetLimits.crowdPeakBytes)
                )
            )
        }
        return figures
    }
}

/// What figures are compared with.
extension Label {
    fileprivate static let stick = Label("qua USB", "over a stick")
    fileprivate static let hello = Label("trang cố định", "a constant page")
    fileprivate static let bytesAlone = Label("riêng các byte", "the bytes alone")
    fileprivate static let bundles = Label("riêng các gói", "the bundles alone")
    fileprivate static let medianNode = Label("máy ở giữa", "the median node")
    fileprivate static let idlePage = Label("lúc rảnh", "idle")
}
