import Terminal

/// What other layouts and levels would cost.
enum Layouts {
    static func run(_ workload: Workload, _ output: Output) throws {
        output.writeLine("-")
    }
}
