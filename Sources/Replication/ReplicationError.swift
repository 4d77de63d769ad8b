package import CBOR

/// Why something that travelled is refused, which then changes nothing.
package enum ReplicationError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The bytes of `part` do not decode.
    case malformed(part: Part, CBORError)
    /// `part` decodes, but breaks a rule of the format.
    case invalid(part: Part, Rule)
    /// `part` exceeds a limit of ``ReplicationLimits``.
    case aboveLimit(part: Part)
    /// A signature does not belong to the bytes and the key.
    case badSignature(part: Part)
    /// The payload is not the one that the header names.
    case payloadMismatch
    /// A bundle is sealed to another node, or damaged.
    case notForThisNode
    /// The hello shows no certificate, and none of the node's is known here.
    case unknownSender(NodeID)
    /// A bundle's bytes were changed on the way.
    case damagedBundle
    /// The peer speaks another version of the protocol.
    case version(theirs: UInt64, ours: UInt64)
    /// A bundle's envelope is of another version: what it holds cannot be opened here.
    case envelopeVersion(theirs: UInt64, ours: UInt64)

    /// What was being read.
    package enum Part: String, Hashable, Sendable {
        case entry, payload, column, header, certificate, bundle, hello, frame, notice, receipt,
            order
        case card, call, answer
    }

    /// The rule of the format that was broken.
    package enum Rule: String, Hashable, Sendable {
        case count = "a count does not fit its column"
        case range = "a number is out of range"
        case text = "a text is not valid UTF-8 or has a forbidden form"
        case scheme = "an unknown encoding"
        case name = "a name has a forbidden form"
        case order = "items are not in their order"
        case duplicate = "an item appears twice"
        case position = "a position lies outside"
        case unexpected = "an item stands where it may not"
    }

    package var description: String {
        switch self {
        case .malformed(let part, let error): "malformed \(part.rawValue): \(error)"
        case .invalid(.bundle, .scheme): "this is no bundle of Doorstep: choose another file"
        case .invalid(.certificate, .scheme):
            "this is no certificate or request of Doorstep: choose another file"
        case .invalid(let part, let rule): "invalid \(part.rawValue): \(rule.rawValue)"
        case .aboveLimit(.certificate): "the name or a scope is too long: shorten it"
        case .aboveLimit(let part): "the \(part.rawValue) exceeds the protocol's limit"
        case .badSignature(let part): "the signature of the \(part.rawValue) is not valid"
        case .payloadMismatch: "the content is not what its signed header names"
        case .notForThisNode:
            "the bundle is sealed to another node, or damaged: ask the sender for a new one"
        case .unknownSender(let node):
            "node \(node) shows no certificate and is not known here: it must send its request again "
                + "and show its certificate"
        case .damagedBundle: "the bundle was damaged on the way: copy it again, or sync once more"
        case .version(let theirs, let ours):
            "the peer speaks protocol version \(theirs), this node \(ours): update the older one"
        case .envelopeVersion(let theirs, let ours):
            "the bundle has an envelope of version \(theirs), this node reads version \(ours): update "
                + "the older one"
        }
    }
}

/// Runs a decoding step and names what was being read when it fails.
func reading<R>(
    _ part: ReplicationError.Part,
    _ body: () throws(CBORError) -> R
) throws(ReplicationError) -> R {
    do {
        return try body()
    } catch {
        throw .malformed(part: part, error)
    }
}
