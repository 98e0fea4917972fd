// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import Testing

/// What Stint promises across processes: workers and producers are programs of their own here, killed, stopped and
/// signalled as an operator or a bad day would.
///
/// One test at a time: each of them loads the machine.
@Suite(.serialized) struct AcceptanceTests {}
