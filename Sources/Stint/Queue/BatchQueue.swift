// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

/// Gathers jobs that wait for a free lane into batches.
///
/// Holds no clock and does no I/O.
///
/// Single jobs join the last open batch as long as it has room; a slice of `enqueue(contentsOf:)` is a batch of its
/// own. Batches leave in the order in which they were begun, so jobs of one caller keep their order.
struct BatchQueue<Element> {
    /// The most jobs of a batch of single ones, and of a slice.
    static var singleLimit: Int { 100 }
    static var sliceLimit: Int { 200 }
    /// The most bytes of a batch; a single job over it travels alone.
    static var byteLimit: Int { 1 << 20 }

    private struct Batch {
        var elements: [Element]
        var bytes: Int
        /// Whether single jobs may still join.
        var isOpen: Bool
        /// When it was begun.
        var since: Duration
    }

    private var batches: [Batch] = []
    /// Where the batches begin that have not left: taking the first of very many must not move all others.
    private var head = 0
    private var freeLanes: Int

    /// Makes a queue whose batches leave on so many lanes.
    init(lanes: Int) { freeLanes = max(1, lanes) }

    /// Whether nothing waits.
    var isEmpty: Bool { head == batches.count }

    /// Adds a job that came alone.
    mutating func add(_ element: Element, bytes: Int, at now: Duration = .zero) {
        if let last = batches.indices.last, batches[last].isOpen, batches[last].elements.count < Self.singleLimit,
            batches[last].bytes + bytes <= Self.byteLimit
        {
            batches[last].elements.append(element)
            batches[last].bytes += bytes
        } else {
            batches.append(Batch(elements: [element], bytes: bytes, isOpen: true, since: now))
        }
    }

    /// Adds jobs that came together, in slices.
    mutating func add(contentsOf elements: [(element: Element, bytes: Int)], at now: Duration = .zero) {
        var slice = Batch(elements: [], bytes: 0, isOpen: false, since: now)
        for (element, bytes) in elements {
            let isFull = slice.elements.count == Self.sliceLimit || slice.bytes + bytes > Self.byteLimit
            if isFull, !slice.elements.isEmpty {
                batches.append(slice)
                slice = Batch(elements: [], bytes: 0, isOpen: false, since: now)
            }
            slice.elements.append(element)
            slice.bytes += bytes
        }
        if !slice.elements.isEmpty { batches.append(slice) }
    }

    /// Takes the next batch, if one waits and a lane is free.
    ///
    /// The lane is taken with it.
    mutating func next() -> [Element]? {
        guard freeLanes > 0, !isEmpty else { return nil }
        freeLanes -= 1
        return takeFirst()
    }

    /// Takes all that has waited since `moment` or longer, without a lane.
    mutating func takeOverdue(since moment: Duration) -> [Element] {
        var elements: [Element] = []
        while !isEmpty, batches[head].since <= moment { elements += takeFirst() }
        return elements
    }

    private mutating func takeFirst() -> [Element] {
        let elements = batches[head].elements
        batches[head].elements = []
        head += 1
        if head == batches.count || head >= 1_000 && head * 2 >= batches.count {
            batches.removeFirst(head)
            head = 0
        }
        return elements
    }

    /// Gives a lane back whose call has ended.
    mutating func laneFreed() { freeLanes += 1 }
}
