import Survey
import Visiting

/// Questions without an answer, each said once, with everybody whom it concerns.
struct OpenList {
    /// Somebody whom a question concerns: his name, or what it is asked about.
    struct Place: Hashable {
        let name: String
        /// The page that asks it; nil where the visit is over.
        let step: Step?
    }

    /// So many names stand beside the question; more are folded behind their number.
    private static let namesShown = 2

    let say: Speech
    private var lines: [(field: String, label: Label, places: [Place])] = []

    init(_ say: Speech) { self.say = say }

    mutating func add(_ field: String, _ label: Label, _ place: Place) {
        let known = lines.firstIndex { $0.field == field && $0.label == label }
        if let known {
            if !lines[known].places.contains(place) { lines[known].places.append(place) }
        } else {
            lines.append((field, label, [place]))
        }
    }

    @HTMLBuilder var html: HTML {
        if !lines.isEmpty {
            element("ul", .class("open")) {
                for line in lines {
                    element("li") {
                        element("b") { say(line.label) }
                        names(line.places)
                    }
                }
            }
        }
    }

    @HTMLBuilder private func names(_ places: [Place]) -> HTML {
        if places.count > Self.namesShown {
            element("details") {
                element("summary") { say("\(places.count) người", "\(places.count) people") }
                for place in places { name(place) }
            }
        } else {
            for place in places { name(place) }
        }
    }

    @HTMLBuilder private func name(_ place: Place) -> HTML {
        if let step = place.step {
            VisitWords.goTo(step, place.name)
        } else {
            element("span", .class("soft")) { place.name }
        }
    }
}
