// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import Stint
import Testing

@Suite struct QueueKeysTests {
    @Test("Every key of a queue begins with the queue's hash tag")
    func queue() {
        let keys = QueueKeys(namespace: "shop", queue: "mail")
        #expect(keys.prefix == "{shop:mail}")
        #expect(keys.jobs == "{shop:mail}:jobs")
        #expect(keys.ready == (0..<4).map { "{shop:mail}:ready:\($0)" })
        #expect(keys.ready(3) == keys.ready.last)
        #expect(keys.lane("a1") == "{shop:mail}:lane:a1")
        #expect(keys.log("j1") == "{shop:mail}:log:j1")
    }

    @Test("The keys of a namespace have a hash tag of their own")
    func namespace() {
        let keys = NamespaceKeys()
        #expect(
            [keys.queues, keys.nodes, keys.nodeDetails] == ["{stint}:queues", "{stint}:nodes", "{stint}:node_details"])
    }
}
