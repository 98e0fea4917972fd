// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

package import StintRedis

#if canImport(Darwin)
import Darwin
#elseif canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// A Redis that speaks TLS on a port of the loopback, with certificates of its own.
package struct TLSRedis: Sendable {
    /// The server, which also listens on its Unix socket without TLS.
    package let redis: PrivateRedis
    /// Its port for TLS.
    package let port: Int
    /// Where the certificates are: `ca.crt` has issued `server`, `expired` and `client`, `other.crt` has issued
    /// `stranger`, each a `.crt` and a `.key`.
    package let certificates: String
}

/// Runs `body` with a Redis that speaks TLS.
///
/// - Parameters:
///   - certificate: The certificate that it shows: `server`, or `expired`.
///   - names: What its certificate is for.
///   - extraConfiguration: More lines of redis.conf.
package func withTLSRedis<Value>(
    _ extraConfiguration: [String] = ["tls-auth-clients no"], certificate: String = "server",
    names: String = "DNS:localhost,IP:127.0.0.1", _ body: (TLSRedis) async throws -> Value
) async throws -> Value {
    try await ServerSlots.shared.run {
        // A server of its own keeps the folder of the certificates.
        let place = try await PrivateRedis.start()
        defer { place.kill() }
        try await makeCertificates(in: place.directory, names: names)
        let port = try LoopbackPort.free(1)[0]
        let redis = try await PrivateRedis.start(
            extraConfiguration: [
                "tls-port \(port)", "bind 127.0.0.1", "tls-cert-file \(place.directory)/\(certificate).crt",
                "tls-key-file \(place.directory)/\(certificate).key", "tls-ca-cert-file \(place.directory)/ca.crt",
            ] + extraConfiguration)
        let result: Result<Value, any Error>
        do {
            result = .success(try await body(TLSRedis(redis: redis, port: port, certificates: place.directory)))
        } catch {
            result = .failure(error)
        }
        redis.kill()
        return try result.get()
    }
}

/// Makes two authorities and what they issue with the openssl command.
private func makeCertificates(in directory: String, names: String) async throws {
    let script = """
        set -e; cd "$1"
        key="-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes"
        for ca in ca other; do openssl req -x509 $key -days 2 -subj /CN=Test-$ca -keyout $ca.key -out $ca.crt; done
        issue() { # authority name days
            openssl req $key -subj "/CN=$2" -keyout "$2.key" -out "$2.csr"
            printf 'subjectAltName=%s\\n' "$names" > "$2.ext"
            openssl x509 -req -days "$3" -in "$2.csr" -CA "$1.crt" -CAkey "$1.key" -CAcreateserial \
                -extfile "$2.ext" -out "$2.crt"
        }
        names=$2
        issue ca server 2; issue ca expired -1; issue ca client 2; issue other stranger 2
        : > complete
        """
    let null = open("/dev/null", O_RDWR | O_CLOEXEC)
    defer { close(null) }
    let child = try ChildProcess.spawn(
        "/bin/sh", ["-c", script, "sh", directory, names], descriptors: [null, null, null])
    let deadline = ContinuousClock.now + .seconds(60)
    while !child.hasEnded(), ContinuousClock.now < deadline { try await Task.sleep(for: .milliseconds(5)) }
    guard access(directory + "/complete", F_OK) == 0 else {
        throw StintTestingError("the openssl command made no certificates in \(directory)")
    }
}
