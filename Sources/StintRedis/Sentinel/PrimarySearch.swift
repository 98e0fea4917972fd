// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

/// Decides which sentinel is asked for the primary, and for how long its answer holds.
///
/// Holds no clock and does no I/O. The sentinels are asked one after the other until one answers, the one that answered
/// last first. The answer holds for all links until a connection to that address ends: then its sentinel, which may be
/// behind the others, is asked last.
struct PrimarySearch {
    typealias Address = RedisConfiguration.Address

    /// What came of a question.
    enum Answer: Equatable {
        case primary(Address)
        /// The sentinel knows no primary of that name.
        case unknownName
        case failed(ConnectFailure)
    }

    /// What the shell is to do.
    enum Action: Equatable {
        /// Ask the sentinel at this place and report with `answered`.
        case ask(Int)
        /// Tell all who wait.
        case use(Address)
        /// Tell all who wait that there is no answer.
        case fail(ConnectFailure)
        /// A question is under way, or nobody waits.
        case none
    }

    private let options: SentinelOptions
    /// The places of the sentinels in the order in which they are asked.
    private var order: [Int]
    private var known: Address?
    /// The answers of those that were asked in vain; nil while no question is under way.
    private var inVain: [Answer]?

    init(options: SentinelOptions) {
        self.options = options
        order = Array(options.addresses.indices)
    }

    /// Somebody wants to connect.
    mutating func look() -> Action {
        if let known { return .use(known) }
        guard inVain == nil, let first = order.first else { return .none }
        inVain = []
        return .ask(first)
    }

    /// The sentinel that was asked has answered or failed.
    mutating func answered(_ answer: Answer) -> Action {
        // A switch that was announced meanwhile is newer.
        guard let before = inVain else { return .none }
        if case .primary(let address) = answer {
            inVain = nil
            known = address
            order.insert(order.remove(at: before.count), at: 0)
            return .use(address)
        }
        let all = before + [answer]
        if all.count < order.count {
            inVain = all
            return .ask(order[all.count])
        }
        inVain = nil
        return .fail(failure(all))
    }

    /// A sentinel has announced a new primary.
    mutating func switched(to address: Address) -> Action {
        known = address
        let isAwaited = inVain != nil
        inVain = nil
        return isAwaited ? .use(address) : .none
    }

    /// A connection to that address has ended or could not be used.
    mutating func ended(at address: Address) {
        guard known == address else { return }
        known = nil
        order.append(order.removeFirst())
    }

    private func failure(_ answers: [Answer]) -> ConnectFailure {
        let reasons = zip(order, answers).map { place, answer in
            let reason =
                switch answer {
                case .primary: "it answered"
                case .unknownName: "it knows no primary '\(options.primaryName)'"
                case .failed(let failure): failure.reason
                }
            return "\(RedisConfiguration.endpoint(options.addresses[place])): \(reason)"
        }
        let text = "no sentinel told the primary (\(reasons.joined(separator: "; "))); try: \(options.lookupCommand)"
        // A sentinel that is down may know better than those that know no such name.
        let isHopeless = answers.allSatisfy { answer in
            switch answer {
            case .unknownName, .failed(.refused): true
            case .primary, .failed(.unreachable): false
            }
        }
        return isHopeless ? .refused(text) : .unreachable(text)
    }
}
