using Microsoft.Extensions.Logging;

namespace QueryStream.Connectors.Redis.Client;

/// <summary>What all sessions with one server have in common.</summary>
/// <param name="Address">The server.</param>
/// <param name="Options">How to connect.</param>
/// <param name="Time">The clock of time-outs.</param>
/// <param name="Log">Where to log.</param>
internal sealed record RedisServerLink(RedisAddress Address, RedisClientOptions Options, TimeProvider Time, ILogger Log);
