package import Survey

/// A bar that shows how far a long work has come, and leaves no trace at its end.
///
/// Drawn only where the output is a terminal, at most every ``TerminalLimits/progressInterval``.
package final class ProgressBar {
    private let output: Output
    private let isShown: Bool
    private let numbers: NumberFormat
    private let now: () -> ContinuousClock.Instant
    private var drawn: ContinuousClock.Instant?

    /// `isShown` is given only by tests; `now` is the time that the rate is limited by.
    package init(
        on output: Output,
        numbers: NumberFormat,
        isShown: Bool? = nil,
        now: @escaping () -> ContinuousClock.Instant = { ContinuousClock.now }
    ) {
        self.output = output
        self.isShown = isShown ?? output.isTerminal
        self.numbers = numbers
        self.now = now
    }

    /// Shows that so much of the whole is done; a whole of nil is not known yet.
    package func update(_ title: String, done: Int, of total: Int?) {
        guard isShown else { return }
        let time = now()
        if let drawn, drawn.duration(to: time) < TerminalLimits.progressInterval { return }
        drawn = time
        output.write("\r" + line(title, done, total) + "\u{1b}[K")
        output.flush()
    }

    /// Takes the bar away, before anything else is printed to the terminal.
    package func clear() {
        guard drawn != nil else { return }
        drawn = nil
        output.write("\r\u{1b}[K")
        output.flush()
    }

    /// The title, a bar of 20 places and the numbers, as far as the terminal is wide.
    private func line(_ title: String, _ done: Int, _ total: Int?) -> String {
        let title = withoutControls(title)
        guard let total, total > 0 else { return fitting("\(title)  \(numbers.integer(done))") }
        let done = min(max(done, 0), total)
        let places = 20
        let full = Int(Double(done) / Double(total) * Double(places))
        let bar =
            String(repeating: "█", count: full) + String(repeating: "░", count: places - full)
        let count = "\(numbers.integer(done)) / \(numbers.integer(total))"
        return fitting("\(title)  \(bar)  \(numbers.percent(done, of: total))  \(count)")
    }

    /// A line that wrapped could not be taken away again.
    private func fitting(_ line: String) -> String {
        var line = line
        while displayWidth(line) >= output.columns { line.removeLast() }
        return line
    }
}
