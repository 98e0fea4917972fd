// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

package import StintRedis

extension StintClient.Configuration {
    /// Checks everything, and returns what the transport needs.
    package func redisConfiguration() throws(StintError) -> RedisConfiguration {
        try check()
        var configuration: RedisConfiguration
        do {
            configuration = try RedisConfiguration(url: redis)
        } catch {
            throw StintError(.invalidInput, "The address of Redis cannot be used: \(error.message).", underlying: error)
        }
        if let passwordFile { configuration.passwordFile = passwordFile }
        if configuration.tls != nil {
            if let certificateAuthorityFile { configuration.tls?.caFile = certificateAuthorityFile }
            if let clientCertificateFile { configuration.tls?.certificateFile = clientCertificateFile }
            if let clientKeyFile { configuration.tls?.keyFile = clientKeyFile }
        } else if certificateAuthorityFile != nil || clientCertificateFile != nil {
            throw StintError(
                .invalidInput,
                "Certificates are used only with a rediss://, rediss+cluster:// or rediss+sentinel:// address.")
        }
        configuration.commandTimeout = commandTimeout
        if clientName != "stint" { configuration.clientName = clientName }
        return configuration
    }

    private func check() throws(StintError) {
        try EnqueueValidation.check(namespace: namespace)
        guard (1...(16 << 20)).contains(maxPayloadBytes) else {
            throw StintError(.invalidInput, "maxPayloadBytes must be between 1 and 16 MiB.")
        }
        guard (1...64).contains(lanes) else { throw StintError(.invalidInput, "lanes must be between 1 and 64.") }
        guard commandTimeout > .zero, commandTimeout <= .seconds(60) else {
            throw StintError(.invalidInput, "commandTimeout must be over zero and at most 60 s.")
        }
        guard enqueueTimeout > .zero, enqueueTimeout <= .seconds(60) else {
            throw StintError(.invalidInput, "enqueueTimeout must be over zero and at most 60 s.")
        }
    }
}
