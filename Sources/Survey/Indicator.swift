/// One target of the commune's plan, or a companion figure, as data.
package struct Indicator: Hashable, Sendable {
    /// Stable name, such as `vneid-level2`.
    package let name: String
    package let label: Label

    package init(name: String, label: Label) {
        self.name = name
        self.label = label
    }
}
