// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Stint

/// Walks over the jobs of several queues and states at once, in bounded pages by rank, merged by age or due time.
struct JobWalk {
    /// What comes first.
    enum Order: String, Sendable, CaseIterable {
        case new, old, due

        func isBefore(_ left: JobSummary, _ right: JobSummary) -> Bool {
            switch self {
            case .new: (right.enqueuedAt, right.id) < (left.enqueuedAt, left.id)
            case .old: (left.enqueuedAt, left.id) < (right.enqueuedAt, right.id)
            case .due: (left.date, left.id) < (right.date, right.id)
            }
        }
    }

    /// One index that is walked over: written `ready@mail` in cursors.
    struct Source: Hashable, Sendable {
        var queue: String
        var state: JobState
        var name: String { "\(state.rawValue)@\(queue)" }
    }

    private struct Stream {
        var source: Source
        var pageStart: Int
        var taken = 0
        var page: [JobSummary] = []
        /// Where the next page begins; `nil` where there is none.
        var next: Int?
    }

    private let inspector: Inspector
    private let order: Order
    private let pageLength: Int
    private var streams: [Stream]

    /// Begins at the positions of a cursor, or at the beginning.
    init(_ inspector: Inspector, sources: [Source], order: Order, pageLength: Int, positions: [String: Int] = [:]) {
        self.inspector = inspector
        self.order = order
        self.pageLength = max(1, min(pageLength, 500))
        streams = sources.map { source in
            let start = positions[source.name] ?? 0
            return Stream(source: source, pageStart: start, next: start)
        }
    }

    /// Returns the next job, or `nil` at the end.
    mutating func next() async throws(StintError) -> JobSummary? {
        for index in streams.indices { try await fill(index) }
        let waiting = streams.indices.filter { streams[$0].taken < streams[$0].page.count }
        let first = waiting.min { order.isBefore(head($0), head($1)) }
        guard let first else { return nil }
        defer { streams[first].taken += 1 }
        return head(first)
    }

    /// Where to go on; `nil` at the end.
    ///
    /// What moves meanwhile may be seen twice or not at all.
    var cursor: String? {
        var parts: [String] = []
        var isAtEnd = true
        for stream in streams {
            let isRead = stream.taken == stream.page.count
            let position = isRead ? stream.next ?? stream.pageStart + stream.taken : stream.pageStart + stream.taken
            if !isRead || stream.next != nil { isAtEnd = false }
            if position > 0 { parts.append("\(stream.source.name):\(position)") }
        }
        return isAtEnd ? nil : parts.joined(separator: ",")
    }

    /// Reads a cursor; `nil` if it is none.
    static func positions(_ cursor: String) -> [String: Int]? {
        var positions: [String: Int] = [:]
        for part in cursor.split(separator: ",") {
            let halves = part.split(separator: ":")
            guard halves.count == 2, halves[0].contains("@"), let position = Int(halves[1]), position >= 0 else {
                return nil
            }
            positions[String(halves[0])] = position
        }
        return positions
    }

    private func head(_ index: Int) -> JobSummary { streams[index].page[streams[index].taken] }

    private mutating func fill(_ index: Int) async throws(StintError) {
        while streams[index].taken == streams[index].page.count, let start = streams[index].next {
            let source = streams[index].source
            let page = try await inspector.jobs(
                queue: source.queue, state: source.state, offset: start, limit: pageLength,
                newestFirst: order == .new)
            streams[index].pageStart = start
            streams[index].taken = 0
            streams[index].page = page.jobs
            streams[index].next = page.nextOffset
        }
    }
}
