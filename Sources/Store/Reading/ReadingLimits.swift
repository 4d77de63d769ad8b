/// The numbers that bound what is read for people.
package enum ReadingLimits {
    /// Bytes of a search text; a full name with its address stays far below.
    package static let queryBytes = 400
    /// Hits of one search that are handed out.
    package static let hitsMax = 10_000
    /// Records of one group of likely duplicates that are compared each with each.
    package static let duplicateGroup = 20
}
