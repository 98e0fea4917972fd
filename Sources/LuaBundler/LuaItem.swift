// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

/// One declaration of an included file: a `local function`, or a constant, up to the next one.
///
/// A script receives only the declarations that it reaches: each costs a closure at every call.
struct LuaItem {
    let file: LuaFile
    let code: ArraySlice<LuaToken>
    let names: NameCheck

    /// Splits `file` at its outer `local`s.
    static func items(of file: LuaFile) -> [LuaItem] {
        let starts = NameCheck(file.code[...]).outerStarts
        return starts.enumerated().map { position, start in
            let end = position + 1 < starts.count ? starts[position + 1] : file.code.count
            return LuaItem(file: file, code: file.code[start..<end], names: NameCheck(file.code[start..<end]))
        }
    }

    /// The source lines from its first word to its last.
    var lines: ClosedRange<Int> { (code.first?.line ?? 1)...(code.last?.endLine ?? 1) }

    /// Returns those of `items` that `used` reaches, directly or through one another, in their order.
    static func reached(_ items: [LuaItem], from used: Set<String>) -> [LuaItem] {
        var wanted = used
        var isKept = items.map { _ in false }
        var hasChanged = true
        while hasChanged {
            hasChanged = false
            for (index, item) in items.enumerated() where !isKept[index] {
                guard item.names.outer.contains(where: { wanted.contains($0.name) }) else { continue }
                isKept[index] = true
                hasChanged = true
                wanted.formUnion(item.names.used.map(\.name))
            }
        }
        return zip(items, isKept).filter(\.1).map(\.0)
    }
}
