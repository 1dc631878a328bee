using Microsoft.Extensions.Logging;
using QueryStream.Checkpoints.Storage;
using QueryStream.Core.Errors;

namespace QueryStream.Connectors.Redis.Checkpoints;

/// <summary>Opens storages of checkpoints in Redis, under <c>redis://</c> and <c>rediss://</c>, see <see cref="RedisCheckpointStorage"/>.</summary>
/// <param name="options">Called when a storage opens; validates the options.</param>
/// <param name="loggers">Where durability warnings are logged.</param>
public sealed class RedisStorageFactory(Func<RedisClientOptions> options, ILoggerFactory loggers) : ICheckpointStorageFactory
{
    /// <inheritdoc/>
    public IReadOnlyList<string> Schemes => ["redis", "rediss"];

    /// <inheritdoc/>
    public ICheckpointStorage Open(string address)
    {
        try
        {
            return new RedisCheckpointStorage(address, options(), loggers.CreateLogger<RedisCheckpointStorage>());
        }
        catch (FormatException e)
        {
            throw new CheckpointStorageException(e.Message, e);
        }
    }
}
