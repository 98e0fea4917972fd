-- This source file is part of the Stint project
-- Licensed under the Apache License, Version 2.0: see LICENSE
-- SPDX-License-Identifier: Apache-2.0

--- Opens a lane, so that its next call has number 1.
--!
--! roles:  producer worker operator
--! flags:  allow-oom
--! keys:   lane
--! args:
--! return: 1
--
-- Repeated only as long as call 1 was never sent: opening again would make a call that was carried out look new.
redis.call('SET', lane, '0:', 'PX', 600000)
return 1
